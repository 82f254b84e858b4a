"""What could run and does not: the steps that wait for a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ...models import NamedTask, Task, UtcDateTime, WorkflowStep
from ...typing import HandlerKey
from ..tables import table_of
from .scoped import Owners, beside, counted

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
    """Steps that wait for a worker: how many, and the one that waits longest.

    Attributes:
        limit: how many, of whomever, are looked at at most.
        at_limit: whether so many were: there may be more.
    """

    number: int
    oldest: WaitingStep | None
    limit: int
    at_limit: bool


def ready_steps(connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int = READY) -> ReadySteps:
    """The steps that are due: one statement."""
    steps, tasks, kinds = table_of(WorkflowStep), table_of(Task), table_of(NamedTask)
    due = steps.c.next_attempt_at
    columns = (steps.c.workflow_step_id, steps.c.task_id, steps.c.name.label("step_name"), due)
    ready = sa.select(*columns).where(due.is_not(None), due <= sa.literal(now, UtcDateTime))
    waiting = ready.order_by(due, steps.c.workflow_step_id).limit(limit).subquery("waiting")
    task, rows = beside(connection, waiting, key=tasks.c.task_id, value=waiting.c.task_id, name="task")
    looked_at = (
        sa.select(waiting, kinds.c.namespace, kinds.c.name, kinds.c.version, *counted(task, owners))
        .select_from(rows.join(kinds, kinds.c.named_task_id == task.c.named_task_id))
        .subquery("looked_at")
    )
    # Theirs first; if there is none, another tells how many were looked at.
    order = (looked_at.c.theirs.desc(), looked_at.c.next_attempt_at, looked_at.c.workflow_step_id)
    first = connection.execute(sa.select(looked_at).order_by(*order).limit(1)).one_or_none()
    return ReadySteps(
        number=0 if first is None else first.number,
        oldest=None if first is None or not first.theirs else _waiting(first),
        limit=limit,
        at_limit=first is not None and first.looked_at >= limit,
    )


def _waiting(row: sa.Row[Any]) -> WaitingStep:
    return WaitingStep(
        step_id=row.workflow_step_id,
        task_id=row.task_id,
        name=row.step_name,
        kind=(row.namespace, row.name, row.version),
        due_at=row.next_attempt_at,
    )
