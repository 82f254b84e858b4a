"""The setups: every database with every transport, each made once and shared by all tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.behaviour.harness import Setup, background, inline, running_fleet, shared_redis
from tests.servers import fresh_database

SWEEP: dict[str, Any] = {"TASKER_SWEEP_SECONDS": 0.2}
EMBEDDED = ["sqlite-embedded", "postgresql-embedded"]
WORKING = [*EMBEDDED, "postgresql-redis"]
ALL = ["sqlite-inline", "postgresql-inline", *WORKING]


@pytest.fixture(params=ALL)
def setup(request: pytest.FixtureRequest) -> Setup:
    """An app on each database and transport."""
    found: Setup = request.getfixturevalue(request.param.replace("-", "_"))
    return found


@pytest.fixture(params=WORKING)
def working(request: pytest.FixtureRequest) -> Setup:
    """Those setups in which several threads work at once."""
    found: Setup = request.getfixturevalue(request.param.replace("-", "_"))
    return found


@pytest.fixture(scope="session")
def sqlite_inline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """SQLite, drained by the test."""
    with inline(f"sqlite:///{tmp_path_factory.mktemp('inline') / 'tasker.sqlite'}") as setup:
        yield setup


@pytest.fixture(scope="session")
def sqlite_embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """SQLite in a file, with the embedded worker."""
    with background(f"sqlite:///{tmp_path_factory.mktemp('embedded') / 'tasker.sqlite'}", **SWEEP) as setup:
        yield setup


@pytest.fixture(scope="session")
def postgresql_inline(postgres_url: str) -> Iterator[Setup]:
    """PostgreSQL, drained by the test."""
    with fresh_database(postgres_url) as url, inline(url) as setup:
        yield setup


@pytest.fixture(scope="session")
def postgresql_embedded(postgres_url: str) -> Iterator[Setup]:
    """PostgreSQL with the embedded worker."""
    with fresh_database(postgres_url) as url, background(url, **SWEEP) as setup:
        yield setup


@pytest.fixture(scope="session")
def postgresql_redis(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """PostgreSQL and Redis, with two worker processes of four threads each."""
    log = tmp_path_factory.mktemp("redis") / "workers.log"
    with fresh_database(postgres_url) as url, shared_redis() as broker:
        config = {**SWEEP, "TASKER_QUEUE": f"suite-{uuid.uuid4().hex}"}
        with background(url, broker=broker, log=log.read_text, **config) as setup:
            settings = {"SQLALCHEMY_DATABASE_URI": url, "TASKER_BROKER_URL": broker, **config}
            with running_fleet(log, settings):
                yield setup
