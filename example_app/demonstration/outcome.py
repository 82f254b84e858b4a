"""What became of the tasks, read from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from flask_tasker.models import Task, WorkflowStep

from ..extensions import db

FINAL = ("complete", "error", "cancelled", "resolved_manually")


@dataclass(frozen=True, kw_only=True)
class StepOutcome:
    """One step: where it stands, and how long its last attempt took."""

    name: str
    status: str
    attempts: int
    seconds: float | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class TaskOutcome:
    """One task, and its steps."""

    task_id: int
    name: str
    status: str
    seconds: float
    steps: Sequence[StepOutcome]

    @property
    def final(self) -> bool:
        """Whether nothing of it runs any more."""
        return self.status in FINAL

    @property
    def attempts(self) -> int:
        """Those of all its steps."""
        return sum(step.attempts for step in self.steps)


def outcomes(task_ids: Sequence[int]) -> dict[int, TaskOutcome]:
    """Read the tasks as they stand, and leave no transaction open."""
    query = (
        select(Task)
        .where(Task.task_id.in_(task_ids))
        .options(selectinload(Task.workflow_steps), joinedload(Task.named_task))
        .execution_options(populate_existing=True)
    )
    found = {task.task_id: _task(task) for task in db.session.scalars(query)}
    db.session.rollback()
    return found


def _task(task: Task) -> TaskOutcome:
    return TaskOutcome(
        task_id=task.task_id,
        name=task.named_task.name,
        status=task.status,
        seconds=_between(task.created_at, task.completed_at or task.updated_at) or 0.0,
        steps=[_step(step) for step in task.workflow_steps],
    )


def _step(step: WorkflowStep) -> StepOutcome:
    return StepOutcome(
        name=step.name,
        status=step.status,
        attempts=step.attempts,
        seconds=_between(step.last_attempted_at, step.processed_at),
        error=step.error,
    )


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds()
