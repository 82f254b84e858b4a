"""Which workers live, and what each of them runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ...models import NamedTask, Task, UtcDateTime, Worker, WorkflowStep
from ...typing import HandlerKey
from ..health import WORKERS
from ..tables import table_of
from .scoped import Owners, beside, counted

HELD: Final = 2_000
"""So many running steps are looked at at most."""


@dataclass(frozen=True, kw_only=True)
class RunningStep:
    """A step that a worker holds, since its claim."""

    step_id: int
    task_id: int
    name: str
    kind: HandlerKey
    attempt: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class WorkerAtWork:
    """A worker on the register, and the steps that it holds; ``living``, while its next sign is not overdue."""

    name: str
    threads: int
    started_at: datetime
    last_seen: datetime
    living: bool
    steps: Sequence[RunningStep]


@dataclass(frozen=True, kw_only=True)
class Crew:
    """All workers, the living first.

    Attributes:
        others: what is held by processes that are not on the register: scripts, and workers that were given up.
        held_limit: how many running steps, of whomever, are looked at at most.
        at_limit: whether so many were: there may be more.
    """

    workers: Sequence[WorkerAtWork]
    others: Sequence[RunningStep]
    held_limit: int
    at_limit: bool


def crew(connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int = HELD) -> Crew:
    """The workers, and what they run of the tasks of these owners: two statements."""
    held: defaultdict[str, list[RunningStep]] = defaultdict(list)
    looked_at = 0
    for row in connection.execute(_held(connection, owners, limit)):
        looked_at = row.looked_at
        if row.theirs:
            held[row.leased_by].append(_running(row))
    workers = table_of(Worker)
    living = (workers.c.expected_by > sa.literal(now, UtcDateTime)).label("living")
    rows = connection.execute(sa.select(workers, living).order_by(living.desc(), workers.c.name).limit(WORKERS))
    found = [
        WorkerAtWork(
            name=row.name,
            threads=row.threads,
            started_at=row.started_at,
            last_seen=row.seen_at,
            living=bool(row.living),
            steps=held.pop(row.name, ()),
        )
        for row in rows
    ]
    others = [step for steps in held.values() for step in steps]
    return Crew(workers=found, others=others, held_limit=limit, at_limit=looked_at >= limit)


def _held(connection: sa.Connection, owners: Owners, limit: int) -> sa.Select[Any]:
    steps, tasks, kinds = table_of(WorkflowStep), table_of(Task), table_of(NamedTask)
    columns = (
        steps.c.workflow_step_id,
        steps.c.task_id,
        steps.c.name.label("step_name"),
        steps.c.attempts,
        steps.c.last_attempted_at,
        steps.c.leased_by,
    )
    leased = sa.select(*columns).where(steps.c.leased_until.is_not(None)).order_by(steps.c.leased_until)
    held = leased.limit(limit).subquery("held")
    task, rows = beside(connection, held, key=tasks.c.task_id, value=held.c.task_id, name="task")
    place = sa.func.row_number().over(order_by=held.c.workflow_step_id).label("place")
    looked_at = (
        sa.select(held, kinds.c.namespace, kinds.c.name, kinds.c.version, place, *counted(task, owners))
        .select_from(rows.join(kinds, kinds.c.named_task_id == task.c.named_task_id))
        .subquery("looked_at")
    )
    # Any one beside theirs tells how many were looked at.
    wanted = sa.or_(looked_at.c.theirs, looked_at.c.place == 1)
    return sa.select(looked_at).where(wanted).order_by(looked_at.c.last_attempted_at, looked_at.c.workflow_step_id)


def _running(row: sa.Row[Any]) -> RunningStep:
    return RunningStep(
        step_id=row.workflow_step_id,
        task_id=row.task_id,
        name=row.step_name,
        kind=(row.namespace, row.name, row.version),
        attempt=row.attempts,
        since=row.last_attempted_at,
    )
