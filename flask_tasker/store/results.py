"""Reading steps for handlers: results of ancestors, and whole sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..handlers import StepView
from ..lifecycle import StepStatus
from ..models import WorkflowStep, WorkflowStepEdge
from .tables import table_of


def results_of(connection: sa.Connection, task_id: int, names: Sequence[str]) -> dict[str, Any]:
    """The results of the steps called ``names``."""
    steps = table_of(WorkflowStep)
    rows = connection.execute(
        sa.select(steps.c.name, steps.c.results).where(
            steps.c.task_id == task_id, steps.c.name.in_(names), steps.c.map_index == 0
        )
    )
    return {row.name: row.results for row in rows}


def step_views(connection: sa.Connection, task_id: int) -> list[StepView]:
    """All steps of a task, in the order in which the handler declares them."""
    steps, edges = table_of(WorkflowStep), table_of(WorkflowStepEdge)
    rows = connection.execute(
        sa.select(
            steps.c.workflow_step_id, steps.c.name, steps.c.status, steps.c.attempts, steps.c.results, steps.c.error
        )
        .where(steps.c.task_id == task_id)
        .order_by(steps.c.workflow_step_id)
    ).all()
    names = {row.workflow_step_id: row.name for row in rows}
    parents: dict[int, list[str]] = {step_id: [] for step_id in names}
    own_edges = (
        sa.select(edges.c.parent_step_id, edges.c.child_step_id)
        .join(steps, steps.c.workflow_step_id == edges.c.child_step_id)
        .where(steps.c.task_id == task_id)
    )
    for edge in connection.execute(own_edges):
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
    steps = table_of(WorkflowStep)
    rows = connection.execute(
        sa.select(steps.c.name, steps.c.workflow_step_id).where(
            steps.c.task_id == task_id, steps.c.name.in_(names), steps.c.map_index == 0
        )
    )
    return {row.name: row.workflow_step_id for row in rows}
