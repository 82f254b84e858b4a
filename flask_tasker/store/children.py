"""Which children are ready now. Asked of edges, and from the side of what is still open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from ..lifecycle import OPEN_STEP, StepRef, StepStatus
from ..models import WorkflowStep, WorkflowStepEdge
from .by_key import any_row, constant, state_in
from .clock import Clock
from .moments import present, reading_of
from .tables import table_of

FEW_PARENTS: Final = 32


@dataclass(frozen=True, kw_only=True)
class Child:
    """A child that still waits; ``parents`` is counted up to one more than ``FEW_PARENTS``."""

    step_id: int
    name: str
    parents: int

    @property
    def ref(self) -> StepRef:
        """The child as a message names it."""
        return StepRef(self.step_id, self.name)


def waiting_children(connection: sa.Connection, step_id: int) -> list[Child]:
    """The children of ``step_id`` that wait and are not marked ready, in the handler's order."""
    rows = connection.execute(_waiting_children(), {"this_step": step_id})
    return [Child(step_id=row.workflow_step_id, name=row.name, parents=row.parents) for row in rows]


def ready_among(connection: sa.Connection, task_id: int, children: Sequence[Child]) -> list[Child]:
    """Those of ``children`` none of whose parents is open any more.

    The answer holds for what is committed: two parents that finish together may each miss the other, so that it is
    asked again after the commit.
    """
    few = [child.step_id for child in children if child.parents <= FEW_PARENTS]
    many = [child.step_id for child in children if child.parents > FEW_PARENTS]
    held = set[int]()
    if few:
        held.update(connection.scalars(_held_back_few(), {"these_steps": few}))
    for step_id in many:
        if connection.scalar(_held_back_many(), {"this_task": task_id, "this_step": step_id}):
            held.add(step_id)
    return [child for child in children if child.step_id not in held]


def mark_ready(connection: sa.Connection, clock: Clock, step_ids: Collection[int]) -> list[StepRef]:
    """Mark steps whose parents are known to be done as claimable, and give back those that were not marked before."""
    if not step_ids:
        return []
    rows = connection.execute(_marked(), {"these_steps": sorted(step_ids), **reading_of(clock)})
    return sorted((StepRef(row.workflow_step_id, row.name) for row in rows), key=lambda ref: ref.step_id)


def unmarked_ready(connection: sa.Connection, *, page: sa.Select[tuple[int]]) -> list[tuple[int, int]]:
    """Of the waiting steps that ``page`` selects, those whose parents are all done: (task id, step id)."""
    steps = table_of(WorkflowStep)
    open_parent = sa.exists().select_from(_edges_to_open_parents()).where(_edge_to(steps))
    rows = connection.execute(
        sa.select(steps.c.task_id, steps.c.workflow_step_id)
        .where(steps.c.workflow_step_id.in_(page), *_waits(steps), ~open_parent)
        .order_by(steps.c.task_id, steps.c.workflow_step_id)
    )
    return [(row.task_id, row.workflow_step_id) for row in rows]


def _waits(steps: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return state_in(steps.c.status, [StepStatus.PENDING]), steps.c.next_attempt_at.is_(None)


_parents = table_of(WorkflowStep).alias("parents")
_edges = table_of(WorkflowStepEdge).alias("edges")


def _edges_to_open_parents() -> sa.FromClause:
    return _edges.join(
        _parents,
        sa.and_(_parents.c.workflow_step_id == _edges.c.parent_step_id, state_in(_parents.c.status, OPEN_STEP)),
    )


def _edge_to(steps: sa.Table) -> sa.ColumnElement[bool]:
    return _edges.c.child_step_id == steps.c.workflow_step_id


@cache
def _waiting_children() -> sa.Select[Any]:
    edges, steps = table_of(WorkflowStepEdge), table_of(WorkflowStep)
    others = table_of(WorkflowStepEdge).alias("others")
    some_parents = (
        sa.select(others.c.parent_step_id)
        .where(others.c.child_step_id == steps.c.workflow_step_id)
        .limit(sa.literal_column(str(FEW_PARENTS + 1), sa.Integer))
    ).correlate(steps)
    count = sa.select(sa.func.count()).select_from(some_parents.subquery()).correlate(steps).scalar_subquery()
    return (
        sa.select(steps.c.workflow_step_id, steps.c.name, count.label("parents"))
        .select_from(edges.join(steps, steps.c.workflow_step_id == edges.c.child_step_id))
        .where(edges.c.parent_step_id == sa.bindparam("this_step"), *_waits(steps))
        .order_by(steps.c.workflow_step_id)
    )


@cache
def _marked() -> sa.Executable:
    steps = table_of(WorkflowStep)
    return (
        steps.update()
        .where(steps.c.workflow_step_id.in_(sa.bindparam("these_steps", expanding=True)), *_waits(steps))
        .values(next_attempt_at=present(), updated_at=present())
        .returning(steps.c.workflow_step_id, steps.c.name)
    )


@cache
def _held_back_few() -> sa.Select[Any]:
    """From the child's side: at most ``FEW_PARENTS`` parents to look at."""
    return (
        sa.select(_edges.c.child_step_id)
        .select_from(_edges_to_open_parents())
        .where(_edges.c.child_step_id.in_(sa.bindparam("these_steps", expanding=True)))
        .distinct()
    )


@cache
def _held_back_many() -> sa.Select[Any]:
    """From the open side: of a wide fan the first open step is, as good as always, one of the parents."""
    edge = any_row(
        _edges.c.child_step_id == sa.bindparam("this_step"), _edges.c.parent_step_id == _parents.c.workflow_step_id
    )
    is_parent = edge.correlate(_parents).exists()
    is_open = (_parents.c.task_id == sa.bindparam("this_task"), _parents.c.status.in_(map(constant, OPEN_STEP)))
    return sa.select(any_row(*is_open, is_parent).exists())
