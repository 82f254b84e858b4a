"""Whether a child has to wait for a parent: asked while its other parent is recorded, and at the second look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from ...models import WorkflowStep, WorkflowStepEdge
from ..by_key import any_row, looked_up
from ..children import FEW_PARENTS
from ..tables import table_of

_steps: Final = table_of(WorkflowStep)
_up: Final = table_of(WorkflowStepEdge).alias("up")
IsOpen = Callable[[sa.FromClause], sa.ColumnElement[bool]]


def number_of_parents(child: sa.FromClause) -> sa.ScalarSelect[int]:
    """How many parents ``child``, a step, has: counted up to one more than ``FEW_PARENTS``."""
    few = sa.select(_up.c.parent_step_id).where(_up.c.child_step_id == child.c.workflow_step_id).limit(FEW_PARENTS + 1)
    return sa.select(sa.func.count()).select_from(few.correlate(child).subquery()).correlate(child).scalar_subquery()


def is_held(
    child: sa.FromClause,
    child_id: sa.ColumnElement[Any],
    *,
    parents: sa.ColumnElement[int],
    is_open: IsOpen,
) -> sa.ColumnElement[bool]:
    """Whether a parent is open of a child that is a row of ``child``, with its ``task_id``: asked from below, or of a
    wide fan from the side of what is open. There the first open step of the task is, as good as always, a parent."""
    other, parent = _steps.alias("other"), looked_up(_steps.c.workflow_step_id, _up.c.parent_step_id, "parent")
    from_below = (
        any_row(_up.c.child_step_id == child_id, is_open(parent))
        .select_from(_up.join(parent, sa.true()))
        .correlate(child)
        .exists()
    )
    edge = any_row(_up.c.child_step_id == child_id, _up.c.parent_step_id == other.c.workflow_step_id)
    from_the_open = any_row(other.c.task_id == child.c.task_id, is_open(other), edge.correlate(child, other).exists())
    return sa.case((parents <= FEW_PARENTS, from_below), else_=from_the_open.correlate(child).exists())
