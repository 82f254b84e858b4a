"""The parts of the statement that records: tasks that it settles, and whether somebody must look again."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from ...lifecycle import OPEN_TASK, TaskStatus
from ...models import Task, TaskTransition, WorkflowStep
from ..by_key import any_row, constant, is_any_set, is_key_of, state_in
from ..tables import table_of
from .completing import clock, done, free, is_open, still_open, waiting, worker

_steps: Final = table_of(WorkflowStep)
_tasks: Final = table_of(Task)


def _touched_tasks() -> sa.CTE:
    """Tasks of which something is completed here that makes nothing ready."""
    return sa.select(done.c.task_id).distinct().where(done.c.task_id.not_in(sa.select(free.c.task_id))).cte("touched")


touched: Final = _touched_tasks()


def settled_tasks() -> sa.CTE:
    """Tasks of which nothing is left. A task that is locked is left to who looks again: steps are locked here already.

    What is done stays done, so that the end, once seen, cannot be undone before it is written.
    """
    goes_on = any_row(_steps.c.task_id == touched.c.task_id, still_open(_steps)).correlate(touched).exists()
    ended = (
        sa.select(_tasks.c.task_id, _tasks.c.status)
        .join_from(touched, _tasks, is_key_of(touched.c.task_id, _tasks.c.task_id))
        .where(state_in(_tasks.c.status, OPEN_TASK), ~goes_on)
        .order_by(touched.c.task_id)
        .with_for_update(skip_locked=True, key_share=True, of=_tasks)
        .cte("ended")
    )
    return (
        _tasks.update()
        .where(is_key_of(ended.c.task_id, _tasks.c.task_id), state_in(_tasks.c.status, OPEN_TASK))
        .values(status=constant(TaskStatus.COMPLETE), completed_at=clock.c.now, updated_at=clock.c.now)
        .returning(_tasks.c.task_id, ended.c.status.label("source"), _tasks.c.created_at, _tasks.c.updated_at)
        .cte("settled")
    )


def task_lines_of(settled: sa.CTE) -> sa.CTE:
    """Their history."""
    lines = table_of(TaskTransition)
    return (
        lines.insert()
        .from_select(
            ["task_id", "from_status", "to_status", "actor", "created_at"],
            sa.select(settled.c.task_id, settled.c.source, constant(TaskStatus.COMPLETE), worker, settled.c.updated_at),
        )
        .cte("task_lines")
    )


def look_of(settled: sa.CTE) -> sa.ColumnElement[bool]:
    """Whether a child is held back by another parent, or nothing of the task waits to be claimed and it goes on.

    Of the parents of one child that are completed here, the first looks for all of them: of a wide fan there are many.
    The task is asked once for all of its steps: what is open of a wide fan lies behind what has just been completed.
    """
    held_back = sa.select(waiting.c.parent_id).where(
        waiting.c.turn == 1, waiting.c.child_id.not_in(sa.select(free.c.child_id))
    )
    claimable = (
        any_row(
            _steps.c.task_id == touched.c.task_id, _steps.c.status.in_(is_open), is_any_set(_steps.c.next_attempt_at)
        )
        .correlate(touched)
        .exists()
    )
    resting = sa.select(touched.c.task_id).where(touched.c.task_id.not_in(sa.select(settled.c.task_id)), ~claimable)
    return sa.or_(done.c.workflow_step_id.in_(held_back), done.c.task_id.in_(resting))
