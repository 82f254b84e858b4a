"""Where the torture takes place: PostgreSQL and Redis with worker processes, or SQLite with the embedded worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask

from tests.servers import fresh_database, running_postgres, running_redis
from tests.torture.app import SHARE_LOST, create_app, start
from tests.torture.fleet import Fleet
from tests.torture.life import Command
from tests.torture.mischief import MessageMischief, ProcessMischief, ServerMischief
from tests.torture.monkey import Mischief
from tests.torture.plans import TaskPlan
from tests.torture.starter import StartFailed
from tests.torture.tables import EFFECTS, db
from tests.torture.tally import Tally

LEASE_SECONDS: Final = 2.0
SWEEP_SECONDS: Final = 0.3
STOP_SECONDS: Final = 5.0
ANSWERS_LOST: Final = 0.01
WORKERS: Final = 3
THREADS: Final = 8
HOUR: Final = 3_600
APP: Final = "tests.torture.app"
CLOCK: Final = Path(__file__).parent / "clock"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Everything that the campaign needs to know of a place.

    Attributes:
        name: what it is.
        pace: how many tasks are started a second.
        fewest: how many tasks there are at least, however short the run.
        lives: how long, at least and at most, a process lives before it may be killed.
        kills_needed: how many kills a run of 300 s must have, or it proves nothing.
        engine: for looking at the rows, from outside of the app.
        start: starts one task, or raises ``StartFailed``.
        mischief: lists of it, each done by a monkey of its own.
    """

    name: str
    pace: float
    fewest: int
    lives: tuple[float, float]
    kills_needed: int
    engine: sa.Engine
    fleet: Fleet
    start: Callable[[TaskPlan], None]
    mischief: list[list[Mischief]] = field(default_factory=list)


@contextmanager
def postgresql(home: Path, tally: Tally) -> Iterator[Ground]:
    """A PostgreSQL, a Redis and three worker processes, one of which has a clock that is an hour off."""
    with running_postgres() as server, running_redis() as redis, fresh_database(server.url) as url:
        config = {"SQLALCHEMY_DATABASE_URI": url, "TASKER_BROKER_URL": redis.url, SHARE_LOST: ANSWERS_LOST}
        with app_with_tables(config) as app:
            engine = sa.create_engine(url, poolclass=sa.NullPool)
            fleet = Fleet([worker_command(config, place) for place in range(WORKERS)], home)
            messages = MessageMischief(dispatcher=app.extensions["tasker"].sender, engine=engine, tally=tally)
            yield Ground(
                name=f"PostgreSQL {version_of(engine)} and Redis, {WORKERS} worker processes of {THREADS} threads",
                pace=8.0,
                fewest=150,
                lives=(0.2, 1.0),
                kills_needed=100,
                engine=engine,
                fleet=fleet,
                start=starting_in(app),
                mischief=[
                    ServerMischief(postgres=server, redis=redis, engine=engine).all(),
                    ProcessMischief(fleet=fleet, engine=engine, lease_seconds=LEASE_SECONDS).all() + messages.all(),
                ],
            )
            engine.dispose()


@contextmanager
def app_with_tables(config: Mapping[str, Any]) -> Iterator[Flask]:
    """The app in this process, which runs no step, in a database with its tables."""
    app = create_app(**config, TASKER_EMBEDDED=False)
    # By an engine of its own: the app's loses answers.
    db.metadata.create_all(sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool))
    try:
        yield app
    finally:
        app.extensions["tasker"].runtime.database.engine.dispose()
        app.extensions[EFFECTS].dispose()
        with app.app_context():
            db.engine.dispose()


def starting_in(app: Flask) -> Callable[[TaskPlan], None]:
    """Starts tasks in this process."""

    def start_here(plan: TaskPlan) -> None:
        try:
            with app.app_context():
                start(plan)
        except sa.exc.DBAPIError as error:
            raise StartFailed from error

    return start_here


def worker_command(config: Mapping[str, Any], place: int) -> Command:
    """``flask tasker worker``; the last worker's clock is an hour fast, the first one's is right."""
    flask = [sys.executable, "-m", "flask", "--app", APP]
    skew = {"PYTHONPATH": python_path(CLOCK), "TORTURE_CLOCK_SKEW": str(HOUR)} if place == WORKERS - 1 else {}
    return Command(
        arguments=[*flask, "tasker", "worker", "--processes", "1", "--threads", str(THREADS)],
        environment={**environment_of(config), **skew},
        ready=r"^worker \S+ runs$",
    )


def environment_of(config: Mapping[str, Any]) -> dict[str, str]:
    """The settings of the processes, as their environment has them."""
    times = {
        "TASKER_LEASE_SECONDS": LEASE_SECONDS,
        "TASKER_SWEEP_SECONDS": SWEEP_SECONDS,
        "TASKER_STOP_SECONDS": STOP_SECONDS,
    }
    return {f"FLASK_{key}": str(value) for key, value in {**config, **times}.items()}


def python_path(first: Path) -> str:
    """PYTHONPATH with one more directory."""
    return os.pathsep.join([str(first), *filter(None, [os.environ.get("PYTHONPATH")])])


def version_of(engine: sa.Engine) -> str:
    """Which PostgreSQL this is."""
    with engine.connect() as connection:
        return str(connection.scalar(sa.text("SHOW server_version")))
