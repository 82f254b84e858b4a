"""Where a task came from, and since when a step is worked on: asked where a process has not seen it itself."""

from __future__ import annotations

from collections.abc import Collection
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


def task_origins(connection: sa.Connection, clock: Clock, task_ids: Collection[int]) -> dict[int, Origin]:
    """Where tasks came from, by their keys; without those that are there no more."""
    tasks = table_of(Task)
    query = sa.select(tasks.c.task_id, tasks.c.trace_context, tasks.c.created_at, clock.now().label("now"))
    return {
        row.task_id: Origin(trace_context=row.trace_context, seconds=(row.now - row.created_at).total_seconds())
        for row in connection.execute(query.where(tasks.c.task_id.in_(task_ids)))
    }


def seconds_since_first_claim(connection: sa.Connection, clock: Clock, step_id: int) -> float | None:
    """How many seconds ago a step was first claimed; of one that was tried again by hand, since then."""
    lines = table_of(WorkflowStepTransition)
    query = sa.select(sa.func.max(lines.c.created_at), clock.now()).where(
        lines.c.workflow_step_id == step_id, lines.c.to_status == StepStatus.IN_PROGRESS, lines.c.attempt == 1
    )
    first, now = connection.execute(query).one()
    return None if first is None else (now - first).total_seconds()
