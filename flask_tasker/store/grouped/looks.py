"""The second look, for any number of completed steps at once: it reads only, and mostly finds nothing left to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ...lifecycle import OPEN_STEP, OPEN_TASK, StepStatus
from ...models import Task, WorkflowStep, WorkflowStepEdge
from ..by_key import any_row, constant, is_any_set, looked_up
from ..tables import table_of
from .arrays import unnested
from .parents import is_held, number_of_parents
from .prepared import Prepared


@dataclass(frozen=True, kw_only=True)
class Look:
    """A completed step whose children or whose task's end may have been missed."""

    step_id: int
    task_id: int


def still_to_do(connection: sa.Connection, looks: Sequence[Look]) -> set[int]:
    """Those of the steps, by their keys, that have left something to do: a child that is ready, a task at its end."""
    given = {"step_ids": [look.step_id for look in looks], "task_ids": [look.task_id for look in looks]}
    return {row.step_id for row in _LOOK.run(connection, given)}


_steps, _edges = table_of(WorkflowStep), table_of(WorkflowStepEdge)
_child: Final = looked_up(_steps.c.workflow_step_id, _edges.c.child_step_id, "child")


def _is_open(steps: sa.FromClause) -> sa.ColumnElement[bool]:
    return steps.c.status.in_([constant(state) for state in OPEN_STEP])


def _statement() -> sa.Select[Any]:
    given = unnested({"step_id": ("step_ids", sa.BigInteger()), "task_id": ("task_ids", sa.BigInteger())})
    child_is_free = (
        any_row(
            _edges.c.parent_step_id == given.c.step_id,
            _child.c.status == constant(StepStatus.PENDING),
            _child.c.next_attempt_at.is_(None),
            ~is_held(_child, _child.c.workflow_step_id, parents=number_of_parents(_child), is_open=_is_open),
        )
        .select_from(_edges.join(_child, sa.true()))
        .correlate(given)
        .exists()
    )
    goes_on = any_row(
        _steps.c.task_id == given.c.task_id,
        _is_open(_steps),
        is_any_set(_steps.c.next_attempt_at, _steps.c.leased_until),
    )
    task = looked_up(table_of(Task).c.task_id, given.c.task_id, "task")
    is_open_task = task.c.status.in_([constant(state) for state in OPEN_TASK])
    return (
        sa.select(given.c.step_id)
        .join_from(given, task, sa.true())
        .where(sa.or_(child_is_free, sa.and_(is_open_task, ~goes_on.correlate(given).exists())))
    )


_LOOK: Final = Prepared("tasker_look_1", _statement())
