"""A task as it stands in the database, with its history, as values; read by none of the engine's own queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.models import Task, TaskTransition, WorkflowStep, WorkflowStepTransition


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of history; ``order`` is its key, which grows with time."""

    order: int
    source: str
    target: str
    actor: str
    reason: str | None
    at: datetime
    attempt: int = 0
    error: str | None = None

    @property
    def move(self) -> tuple[str, str]:
        """From where to where."""
        return self.source, self.target


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One step, and all that happened to it."""

    step_id: int
    name: str
    status: str
    attempts: int
    results: Any
    error: str | None
    next_attempt_at: datetime | None
    updated_at: datetime
    leased_until: datetime | None
    backoff_request: float | None
    cancel_requested: bool
    history: tuple[Change, ...]

    @property
    def moves(self) -> list[tuple[str, str]]:
        """From where to where it went, in that order."""
        return [change.move for change in self.history]


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """One task, and all that happened to it."""

    task_id: int
    status: str
    steps: Mapping[str, StepRecord]
    history: tuple[Change, ...]

    @property
    def statuses(self) -> dict[str, str]:
        """Where each step stands."""
        return {name: step.status for name, step in self.steps.items()}

    @property
    def moves(self) -> list[tuple[str, str]]:
        """From where to where the task went, in that order."""
        return [change.move for change in self.history]

    def __getitem__(self, name: str) -> StepRecord:
        return self.steps[name]


def read_task(engine: sa.Engine, task_id: int) -> TaskRecord:
    """The task as it is committed."""
    with Session(engine) as session:
        # Read before the steps, which go ahead of it: a task that is found at its end has steps at theirs.
        status = session.scalars(sa.select(Task.status).where(Task.task_id == task_id)).one()
        steps = session.scalars(
            sa.select(WorkflowStep).where(WorkflowStep.task_id == task_id).order_by(WorkflowStep.workflow_step_id)
        ).all()
        return TaskRecord(
            task_id=task_id,
            status=status,
            steps={step.name: _step(session, step) for step in steps},
            history=_task_history(session, task_id),
        )


def _step(session: Session, row: WorkflowStep) -> StepRecord:
    return StepRecord(
        step_id=row.workflow_step_id,
        name=row.name,
        status=row.status,
        attempts=row.attempts,
        results=row.results,
        error=row.error,
        next_attempt_at=row.next_attempt_at,
        updated_at=row.updated_at,
        leased_until=row.leased_until,
        backoff_request=row.backoff_request_seconds,
        cancel_requested=row.cancel_requested_at is not None,
        history=_step_history(session, row.workflow_step_id),
    )


def _step_history(session: Session, step_id: int) -> tuple[Change, ...]:
    rows = session.scalars(
        sa.select(WorkflowStepTransition)
        .where(WorkflowStepTransition.workflow_step_id == step_id)
        .order_by(WorkflowStepTransition.workflow_step_transition_id)
    )
    return tuple(
        Change(
            order=row.workflow_step_transition_id,
            source=row.from_status,
            target=row.to_status,
            actor=row.actor,
            reason=row.reason,
            at=row.created_at,
            attempt=row.attempt,
            error=row.error,
        )
        for row in rows
    )


def _task_history(session: Session, task_id: int) -> tuple[Change, ...]:
    rows = session.scalars(
        sa.select(TaskTransition).where(TaskTransition.task_id == task_id).order_by(TaskTransition.task_transition_id)
    )
    return tuple(
        Change(
            order=row.task_transition_id,
            source=row.from_status,
            target=row.to_status,
            actor=row.actor,
            reason=row.reason,
            at=row.created_at,
        )
        for row in rows
    )
