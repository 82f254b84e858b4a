"""What is asked about the health of the whole, at a cost that does not grow with the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from ..lifecycle import OPEN_STEP, OPEN_TASK, StepStatus, TaskStatus
from ..models import Task, Worker, WorkflowStep
from .by_key import constant
from .clock import Clock
from .sweeping import next_due_in
from .tables import table_of

OPEN_LIMIT: Final = 100_000
"""So many open rows are counted at most, the newest ones: a backlog of millions is read no further."""
NEWEST: Final = 10_000
"""Ended rows are counted among so many of the newest: no index has them by state, and there may be millions."""
WORKERS: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows by state.

    Attributes:
        open: how many there are of each open state, where they are fewer than ``open_limit`` in all.
        open_limit: how many of them are counted at most, those of the newest tasks; running steps are all counted.
        ended: how many there are of each other state among the ``newest`` rows.
        newest: how many rows those are, by their keys.
    """

    open: Mapping[str, int]
    ended: Mapping[str, int]
    open_limit: int = OPEN_LIMIT
    newest: int = NEWEST


@dataclass(frozen=True, kw_only=True)
class WorkerSeen:
    """A worker on the register; ``living``, while its next sign is not overdue."""

    name: str
    threads: int
    last_seen: datetime
    living: bool


@dataclass(frozen=True, kw_only=True)
class Overview:
    """How much there is to do, and by whom; ``oldest_ready_seconds`` is ``None`` where no step is ready."""

    tasks: Counts
    steps: Counts
    oldest_ready_seconds: float | None
    workers: Sequence[WorkerSeen]


def overview(connection: sa.Connection, clock: Clock) -> Overview:
    """How much there is to do, and by whom."""
    due_in = next_due_in(connection, clock)
    steps = _counts(connection, table_of(WorkflowStep), "workflow_step_id", StepStatus, OPEN_STEP)
    return Overview(
        tasks=_counts(connection, table_of(Task), "task_id", TaskStatus, OPEN_TASK),
        steps=replace(steps, open={**steps.open, StepStatus.IN_PROGRESS.value: _running(connection)}),
        oldest_ready_seconds=None if due_in is None or due_in > 0 else -due_in,
        workers=_workers(connection, clock),
    )


def _running(connection: sa.Connection) -> int:
    """How many steps run: by the index of their leases, however many failed ones there are."""
    steps = table_of(WorkflowStep)
    return connection.execute(sa.select(sa.func.count()).where(steps.c.leased_until.is_not(None))).scalar_one()


def _counts(
    connection: sa.Connection, table: sa.Table, key: str, states: type[StrEnum], open_states: Sequence[StrEnum]
) -> Counts:
    ended = [state for state in states if state not in open_states]
    status = table.c.status
    # The condition is that of the partial index, which has just these rows. Failed steps stay among them: the newest
    # are counted, so that the figures go on moving where there are more than that.
    still_open = sa.select(status).where(status.in_([constant(state) for state in open_states]))
    still_open = still_open.order_by(table.c.task_id.desc()).limit(OPEN_LIMIT)
    newest = sa.select(status).order_by(table.c[key].desc()).limit(NEWEST)
    return Counts(
        open=_by_state(connection, still_open, open_states),
        ended=_by_state(connection, newest, ended),
    )


def _by_state(connection: sa.Connection, rows: sa.Select[Any], states: Sequence[StrEnum]) -> Mapping[str, int]:
    some = rows.subquery("some")
    query = sa.select(some.c.status, sa.func.count().label("number")).group_by(some.c.status)
    found = {row.status: row.number for row in connection.execute(query)}
    return {str(state): found.get(state, 0) for state in states}


def _workers(connection: sa.Connection, clock: Clock) -> list[WorkerSeen]:
    workers = table_of(Worker)
    living = (workers.c.expected_by > clock.now()).label("living")
    query = sa.select(workers.c.name, workers.c.threads, workers.c.seen_at, living)
    rows = connection.execute(query.order_by(living.desc(), workers.c.name).limit(WORKERS))
    return [
        WorkerSeen(name=row.name, threads=row.threads, last_seen=row.seen_at, living=bool(row.living)) for row in rows
    ]
