"""How far tasks have come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...lifecycle import DONE_STEP
from ...models import WorkflowStep


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many steps a task has, and how many of them are done."""

    done: int
    steps: int


def progress_by_task(session: Session, task_ids: Collection[int]) -> Mapping[int, Progress]:
    """How far each of these tasks has come; one without steps is left out: one statement."""
    is_done = sa.case((WorkflowStep.status.in_(DONE_STEP), 1), else_=0)
    rows = session.execute(
        sa.select(WorkflowStep.task_id, sa.func.sum(is_done).label("done"), sa.func.count().label("steps"))
        .where(WorkflowStep.task_id.in_(task_ids))
        .group_by(WorkflowStep.task_id)
    )
    return {row.task_id: Progress(done=row.done, steps=row.steps) for row in rows}
