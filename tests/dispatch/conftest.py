"""Apps whose workers do not sweep, so that only messages and timers can move them; and fleets that a test may kill."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.behaviour.harness import Fleet, Setup, background, running_fleet, shared_redis
from tests.servers import fresh_database

NO_SWEEP: dict[str, Any] = {"TASKER_SWEEP_SECONDS": 3600}
MORTAL: dict[str, Any] = {"TASKER_LEASE_SECONDS": 2, "TASKER_SWEEP_SECONDS": 0.2}

FleetStarter = Callable[..., AbstractContextManager[tuple[Setup, Fleet]]]


RABBITMQ = pytest.param("rabbitmq", marks=pytest.mark.amqp)


@pytest.fixture(params=["inline", "embedded", "redis", RABBITMQ])
def unswept(request: pytest.FixtureRequest) -> Setup:
    """An app on each transport; its worker sweeps once, at its start."""
    found: Setup = request.getfixturevalue(f"unswept_{request.param}")
    return found


@pytest.fixture(params=["embedded", "redis", RABBITMQ])
def idle(request: pytest.FixtureRequest) -> Setup:
    """An app on each transport with a worker that has nothing to do and does not sweep."""
    found: Setup = request.getfixturevalue(f"unswept_{request.param}")
    return found


@pytest.fixture(scope="session")
def unswept_inline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """The calling thread does the work."""
    url = f"sqlite:///{tmp_path_factory.mktemp('inline') / 'tasker.sqlite'}"
    with background(url, broker="inline://") as setup:
        yield setup


@pytest.fixture(scope="session")
def unswept_embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """Threads of this process do the work."""
    url = f"sqlite:///{tmp_path_factory.mktemp('embedded') / 'tasker.sqlite'}"
    with background(url, **NO_SWEEP) as setup:
        setup.run("linear")
        yield setup


@pytest.fixture(scope="session")
def unswept_redis(start_fleet: FleetStarter) -> Iterator[Setup]:
    """Another process does the work."""
    with start_fleet(processes=1, **NO_SWEEP) as (setup, _fleet):
        setup.run("linear")
        yield setup


@pytest.fixture(scope="session")
def unswept_rabbitmq(start_fleet: FleetStarter, rabbitmq_url: str) -> Iterator[Setup]:
    """Another process does the work, told by RabbitMQ."""
    with start_fleet(processes=1, on=rabbitmq_url, **NO_SWEEP) as (setup, _fleet):
        setup.run("linear")
        yield setup


@pytest.fixture(scope="module")
def mortal(start_fleet: FleetStarter) -> Iterator[tuple[Setup, Fleet]]:
    """Two worker processes with short leases."""
    with start_fleet(**MORTAL) as started:
        yield started


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The URL of a Redis that a test may flush."""
    with shared_redis() as url:
        yield url


@pytest.fixture(scope="session")
def start_fleet(postgres_url: str, broker: str, tmp_path_factory: pytest.TempPathFactory) -> FleetStarter:
    """Start worker processes on a database and a queue of their own, and an app to give them work."""
    folder = tmp_path_factory.mktemp("fleets")

    @contextmanager
    def start(*, processes: int = 2, on: str = broker, **config: Any) -> Iterator[tuple[Setup, Fleet]]:
        queue = f"fleet-{uuid.uuid4().hex}"
        log: Path = folder / f"{queue}.log"
        with fresh_database(postgres_url) as url:
            settings = {"TASKER_BROKER_URL": on, "TASKER_QUEUE": queue, **config}
            with (
                background(url, broker=on, log=log.read_text, **{"TASKER_QUEUE": queue, **config}) as setup,
                running_fleet(log, {"SQLALCHEMY_DATABASE_URI": url, **settings}, processes=processes) as fleet,
            ):
                yield setup, fleet

    return start
