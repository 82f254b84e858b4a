"""What could run and does not: the steps that wait for a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ...models import NamedTask, Task, UtcDateTime, WorkflowStep
from ...typing import HandlerKey
from ..tables import table_of
from .scoped import Owners, beside, in_scope

READY: Final = 10_000
"""So many ready steps are looked at at most, those that have waited longest."""


@dataclass(frozen=True, kw_only=True)
class WaitingStep:
    """A step that could have been claimed since ``due_at``."""

    step_id: int
    task_id: int
    name: str
    kind: HandlerKey
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReadySteps:
    """Steps that wait for a worker: how many, where they are fewer than ``limit``, and the one that waits longest."""

    number: int
    oldest: WaitingStep | None
    limit: int


def ready_steps(connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int = READY) -> ReadySteps:
    """The steps that are due: one statement."""
    steps, tasks, kinds = table_of(WorkflowStep), table_of(Task), table_of(NamedTask)
    due = steps.c.next_attempt_at
    columns = (steps.c.workflow_step_id, steps.c.task_id, steps.c.name.label("step_name"), due)
    ready = sa.select(*columns).where(due.is_not(None), due <= sa.literal(now, UtcDateTime))
    waiting = ready.order_by(due, steps.c.workflow_step_id).limit(limit).subquery("waiting")
    task, rows = beside(connection, waiting, key=tasks.c.task_id, value=waiting.c.task_id, name="task")
    first = connection.execute(
        sa.select(waiting, kinds.c.namespace, kinds.c.name, kinds.c.version, sa.func.count().over().label("number"))
        .select_from(rows.join(kinds, kinds.c.named_task_id == task.c.named_task_id))
        .where(in_scope(task, owners))
        .order_by(waiting.c.next_attempt_at, waiting.c.workflow_step_id)
        .limit(1)
    ).one_or_none()
    if first is None:
        return ReadySteps(number=0, oldest=None, limit=limit)
    oldest = WaitingStep(
        step_id=first.workflow_step_id,
        task_id=first.task_id,
        name=first.step_name,
        kind=(first.namespace, first.name, first.version),
        due_at=first.next_attempt_at,
    )
    return ReadySteps(number=first.number, oldest=oldest, limit=limit)
