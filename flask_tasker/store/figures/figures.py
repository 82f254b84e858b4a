"""All figures at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ..clock import Clock
from .attempts import Attempts, latest_attempts
from .buckets import Throughput
from .crew import Crew, crew
from .ready import ReadySteps, ready_steps
from .scoped import Owners
from .states import TaskCounts, task_counts
from .systems import FailingSystem, failing_systems
from .throughput import attempts_ended, tasks_ended


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How the tasks of some owners get on.

    Attributes:
        now: the database's time of all of it.
        systems: those on which most of ``attempts`` failed.
    """

    now: datetime
    tasks: TaskCounts
    tasks_ended: Throughput
    attempts_ended: Throughput
    attempts: Attempts
    systems: Sequence[FailingSystem]
    ready: ReadySteps
    crew: Crew


def figures(connection: sa.Connection, clock: Clock, *, owners: Owners = None) -> Figures:
    """How the tasks of these owners, or everybody's, get on: twelve statements."""
    now = _begun(connection, clock)
    attempts = latest_attempts(connection, now, owners=owners)
    return Figures(
        now=now,
        tasks=task_counts(connection, owners=owners),
        tasks_ended=tasks_ended(connection, now, owners=owners),
        attempts_ended=attempts_ended(connection, now, owners=owners),
        attempts=attempts,
        systems=failing_systems(connection, attempts.kinds),
        ready=ready_steps(connection, now, owners=owners),
        crew=crew(connection, now, owners=owners),
    )


def _begun(connection: sa.Connection, clock: Clock) -> datetime:
    """The time of all figures, which go by the order of indexes from here to the end of the transaction.

    Where PostgreSQL takes the tasks of a state to be few, it would read all of them and sort them.
    """
    moment = sa.select(clock.now())
    if connection.dialect.name == "postgresql":
        moment = moment.add_columns(sa.func.set_config("enable_bitmapscan", "off", sa.true()))
    now: datetime = connection.execute(moment).one()[0]
    return now
