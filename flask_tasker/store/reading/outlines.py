"""The steps of a task without what they hold: what a picture or a table of all of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...models import DependentSystem, NamedStep, WorkflowStep, WorkflowStepEdge
from ...redaction import OVERLAP

ERROR: Final = 400
"""Characters of an error: of a thousand steps nobody reads more."""


@dataclass(frozen=True, kw_only=True)
class StepOutline:
    """A step's columns but for its JSON; of its error the beginning, ``ERROR`` characters and as many more as tell
    whether a secret ends there."""

    workflow_step_id: int
    name: str
    status: str
    attempts: int
    retry_limit: int
    dependent_system: str
    error: str | None
    next_attempt_at: datetime | None
    last_attempted_at: datetime | None
    processed_at: datetime | None
    updated_at: datetime
    cancel_requested_at: datetime | None
    leased_by: str | None
    leased_until: datetime | None


def step_outlines(session: Session, task_id: int) -> list[StepOutline]:
    """All steps of a task, as the handler declares them: one statement."""
    rows = session.execute(
        sa.select(
            WorkflowStep.workflow_step_id,
            WorkflowStep.name,
            WorkflowStep.status,
            WorkflowStep.attempts,
            WorkflowStep.retry_limit,
            DependentSystem.name.label("dependent_system"),
            sa.func.substr(WorkflowStep.error, 1, ERROR + OVERLAP).label("error"),
            WorkflowStep.next_attempt_at,
            WorkflowStep.last_attempted_at,
            WorkflowStep.processed_at,
            WorkflowStep.updated_at,
            WorkflowStep.cancel_requested_at,
            WorkflowStep.leased_by,
            WorkflowStep.leased_until,
        )
        .join(NamedStep, NamedStep.named_step_id == WorkflowStep.named_step_id)
        .join(DependentSystem, DependentSystem.dependent_system_id == NamedStep.dependent_system_id)
        .where(WorkflowStep.task_id == task_id)
        .order_by(WorkflowStep.workflow_step_id)
    )
    return [StepOutline(**row._mapping) for row in rows]


def step_edges(session: Session, task_id: int) -> list[tuple[int, int]]:
    """Parent and child of each edge of a task: one statement."""
    rows = session.execute(
        sa.select(WorkflowStepEdge.parent_step_id, WorkflowStepEdge.child_step_id)
        .join(WorkflowStep, WorkflowStep.workflow_step_id == WorkflowStepEdge.child_step_id)
        .where(WorkflowStep.task_id == task_id)
        .order_by(WorkflowStepEdge.child_step_id, WorkflowStepEdge.parent_step_id)
    )
    return [(parent, child) for parent, child in rows]
