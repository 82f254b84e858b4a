"""What happened to a task and its steps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...models import Task, TaskTransition, WorkflowStep, WorkflowStepTransition
from .page import Page


@dataclass(frozen=True, kw_only=True)
class TransitionReading:
    """One change of state: of the task itself where no step is named."""

    transition_id: int
    task_id: int
    workflow_step_id: int | None
    step_name: str | None
    from_status: str
    to_status: str
    attempt: int | None
    actor: str
    reason: str | None
    error: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class StepMove:
    """A step's change of state, and when it was."""

    workflow_step_id: int
    from_status: str
    to_status: str
    attempt: int
    created_at: datetime


_OF_A_STEP: Final[dict[str, Any]] = {
    "workflow_step_id": sa.BigInteger(),
    "step_name": sa.Text(),
    "attempt": sa.Integer(),
    "error": sa.Text(),
}


def list_transitions(session: Session, task: Task, page: Page) -> list[TransitionReading]:
    """A page of what happened to a task and its steps, in the order of time: one statement."""
    union = sa.union_all(_of_task(task.task_id), _of_steps(task.task_id)).subquery("transitions")
    order = [union.c.created_at, union.c.workflow_step_id.nulls_first(), union.c.transition_id]
    if page.descending:
        order = [union.c.created_at.desc(), union.c.workflow_step_id.desc().nulls_last(), union.c.transition_id.desc()]
    rows = session.execute(sa.select(union).order_by(*order).limit(page.limit).offset(page.offset))
    return [TransitionReading(task_id=task.task_id, **row._mapping) for row in rows]


def step_moves(session: Session, step_ids: Collection[int], *, limit: int) -> list[StepMove]:
    """The last ``limit`` changes of these steps, the earliest of them first: one statement."""
    history = WorkflowStepTransition
    rows = session.execute(
        sa.select(history.workflow_step_id, history.from_status, history.to_status, history.attempt, history.created_at)
        .where(history.workflow_step_id.in_(step_ids))
        .order_by(history.workflow_step_transition_id.desc())
        .limit(limit)
    )
    return [StepMove(**row._mapping) for row in reversed(rows.all())]


def _of_task(task_id: int) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        TaskTransition.task_transition_id.label("transition_id"),
        *(sa.cast(sa.null(), kind).label(name) for name, kind in _OF_A_STEP.items()),
        TaskTransition.from_status,
        TaskTransition.to_status,
        TaskTransition.actor,
        TaskTransition.reason,
        TaskTransition.created_at,
    ).where(TaskTransition.task_id == task_id)


def _of_steps(task_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            WorkflowStepTransition.workflow_step_transition_id.label("transition_id"),
            WorkflowStepTransition.workflow_step_id,
            WorkflowStep.name.label("step_name"),
            WorkflowStepTransition.attempt,
            WorkflowStepTransition.error,
            WorkflowStepTransition.from_status,
            WorkflowStepTransition.to_status,
            WorkflowStepTransition.actor,
            WorkflowStepTransition.reason,
            WorkflowStepTransition.created_at,
        )
        .join(WorkflowStep, WorkflowStep.workflow_step_id == WorkflowStepTransition.workflow_step_id)
        .where(WorkflowStep.task_id == task_id)
    )
