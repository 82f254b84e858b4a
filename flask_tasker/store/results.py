"""Reading steps for handlers: results of ancestors, and whole sequences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from ..handlers import StepView
from ..lifecycle import StepStatus
from ..models import WorkflowStep, WorkflowStepEdge
from .tables import table_of


def results_of(connection: sa.Connection, task_id: int, names: Sequence[str]) -> dict[str, Any]:
    """The results of the steps called ``names``."""
    rows = connection.execute(_called("results"), {"this_task": task_id, "names": list(names)})
    return {row.name: row.results for row in rows}


def step_views(connection: sa.Connection, task_id: int) -> list[StepView]:
    """All steps of a task, in the order in which the handler declares them."""
    rows = connection.execute(_steps(), {"this_task": task_id}).all()
    names = {row.workflow_step_id: row.name for row in rows}
    parents: dict[int, list[str]] = {step_id: [] for step_id in names}
    for edge in connection.execute(_edges(), {"this_task": task_id}):
        parents[edge.child_step_id].append(names[edge.parent_step_id])
    return [
        StepView(
            name=row.name,
            status=StepStatus(row.status),
            attempts=row.attempts,
            results=row.results,
            error=row.error,
            step_id=row.workflow_step_id,
            parents=tuple(parents[row.workflow_step_id]),
        )
        for row in rows
    ]


def step_ids_by_name(connection: sa.Connection, task_id: int, names: Sequence[str]) -> dict[str, int]:
    """The keys of the steps called ``names``."""
    rows = connection.execute(_called("workflow_step_id"), {"this_task": task_id, "names": list(names)})
    return {row.name: row.workflow_step_id for row in rows}


@cache
def _called(column: str) -> sa.Select[Any]:
    """Names, and that column, of the steps of a task that are called so."""
    steps = table_of(WorkflowStep)
    return sa.select(steps.c.name, steps.c[column]).where(
        steps.c.task_id == sa.bindparam("this_task"),
        steps.c.name.in_(sa.bindparam("names", expanding=True)),
        steps.c.map_index == 0,
    )


@cache
def _steps() -> sa.Select[Any]:
    steps = table_of(WorkflowStep)
    return (
        sa.select(
            steps.c.workflow_step_id, steps.c.name, steps.c.status, steps.c.attempts, steps.c.results, steps.c.error
        )
        .where(steps.c.task_id == sa.bindparam("this_task"))
        .order_by(steps.c.workflow_step_id)
    )


@cache
def _edges() -> sa.Select[Any]:
    steps, edges = table_of(WorkflowStep), table_of(WorkflowStepEdge)
    return (
        sa.select(edges.c.parent_step_id, edges.c.child_step_id)
        .join(steps, steps.c.workflow_step_id == edges.c.child_step_id)
        .where(steps.c.task_id == sa.bindparam("this_task"))
    )
