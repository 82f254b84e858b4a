"""Whether a task has changed: asked often, so it is one statement that reads nothing large."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...lifecycle import StepStatus
from ...lifecycle.verbs import CLOSED_TASK
from ...models import NamedTask, Task, WorkflowStep
from ..clock import Clock


@dataclass(frozen=True, kw_only=True)
class TaskVersion:
    """A task as it stands.

    Attributes:
        row: the task, whose steps are counted and not read.
        counts: how many of its steps are in which state; a state of none is left out.
        marks: what is different once anything of the task has changed. The times alone would not do: a change may be
            committed after a later one.
        now: when this was read, by the database's clock.
    """

    row: Task
    named_task: NamedTask
    counts: dict[StepStatus, int]
    marks: tuple[int | datetime | None, ...]
    now: datetime

    @property
    def is_final(self) -> bool:
        """Whether nothing of it will change any more."""
        # A step that was running when its task was cancelled still comes to an end.
        return self.row.status in CLOSED_TASK and StepStatus.IN_PROGRESS not in self.counts

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return sum(self.counts.values())


def task_version(session: Session, clock: Clock, task_id: int) -> TaskVersion | None:
    """A task and what its steps come to, or ``None``: one statement."""
    steps = _steps(task_id).subquery("steps")
    row = session.execute(
        sa.select(Task, NamedTask, clock.now().label("now"), *steps.c)
        .select_from(Task)
        .join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        .join(steps, sa.true())
        .where(Task.task_id == task_id)
    ).one_or_none()
    if row is None:
        return None
    found = {status: int(row._mapping[status.value] or 0) for status in StepStatus}
    return TaskVersion(
        row=row.Task,
        named_task=row.NamedTask,
        counts={status: count for status, count in found.items() if count},
        marks=(row.Task.updated_at, row.changed_at, row.attempts, row.limits, row.asked_to_stop, *found.values()),
        now=row.now,
    )


def _steps(task_id: int) -> sa.Select[*tuple[Any, ...]]:
    in_state = (sa.func.sum(sa.case((WorkflowStep.status == status, 1), else_=0)) for status in StepStatus)
    return sa.select(
        sa.func.max(WorkflowStep.updated_at).label("changed_at"),
        sa.func.sum(WorkflowStep.attempts).label("attempts"),
        sa.func.sum(WorkflowStep.retry_limit).label("limits"),
        sa.func.count(WorkflowStep.cancel_requested_at).label("asked_to_stop"),
        *(total.label(status.value) for total, status in zip(in_state, StepStatus, strict=True)),
    ).where(WorkflowStep.task_id == task_id)
