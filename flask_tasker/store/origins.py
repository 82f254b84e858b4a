"""Where a task came from, and since when a step is worked on: asked where a process has not seen it itself."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from ..lifecycle import StepStatus
from ..models import Task, WorkflowStepTransition
from .clock import Clock
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The trace in which a task was created, as it was written, and how many seconds ago that was."""

    trace_context: str | None
    seconds: float


def task_origin(connection: sa.Connection, clock: Clock, task_id: int) -> Origin | None:
    """Where a task came from; ``None`` if there is no such task any more."""
    tasks = table_of(Task)
    query = sa.select(tasks.c.trace_context, tasks.c.created_at, clock.now().label("now"))
    row = connection.execute(query.where(tasks.c.task_id == task_id)).one_or_none()
    if row is None:
        return None
    return Origin(trace_context=row.trace_context, seconds=(row.now - row.created_at).total_seconds())


def seconds_since_first_claim(connection: sa.Connection, clock: Clock, step_id: int) -> float | None:
    """How many seconds ago a step was first claimed; of one that was tried again by hand, since then."""
    lines = table_of(WorkflowStepTransition)
    query = sa.select(sa.func.max(lines.c.created_at), clock.now()).where(
        lines.c.workflow_step_id == step_id, lines.c.to_status == StepStatus.IN_PROGRESS, lines.c.attempt == 1
    )
    first, now = connection.execute(query).one()
    return None if first is None else (now - first).total_seconds()
