"""The five questions of the sweep: indexed open work only, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..lifecycle import OPEN_STEP, OPEN_TASK, Attempt, StepStatus
from ..models import NamedTask, Task, WorkflowStep
from .by_key import looked_up
from .children import unmarked_ready
from .clock import Clock
from .leases import EndedLease
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class DueStep:
    """A step that may be claimed."""

    step_id: int
    task_id: int
    named_task_id: int
    name: str
    due_at: datetime


def due_steps(
    connection: sa.Connection,
    clock: Clock,
    *,
    known: Collection[int],
    limit: int,
    waited: float = 0.0,
    after: tuple[datetime, int] | None = None,
) -> list[DueStep]:
    """Steps that have been ready or due for ``waited`` seconds, past ``after``, the longest waiting first.

    Only of kinds of task in ``known``.
    """
    steps = table_of(WorkflowStep)
    task, with_task = _with_its_task(connection, steps)
    query: sa.Select[Any] = (
        sa.select(
            steps.c.workflow_step_id,
            steps.c.task_id,
            task.c.named_task_id,
            steps.c.name,
            steps.c.next_attempt_at,
        )
        .select_from(with_task)
        .where(
            steps.c.next_attempt_at.is_not(None),
            steps.c.next_attempt_at <= clock.after(-waited),
            task.c.named_task_id.in_(sorted(known)),
        )
        .order_by(steps.c.next_attempt_at, steps.c.workflow_step_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(steps.c.next_attempt_at, steps.c.workflow_step_id) > after)
    return [_due_step(row) for row in connection.execute(query)]


def _due_step(row: sa.Row[Any]) -> DueStep:
    return DueStep(
        step_id=row.workflow_step_id,
        task_id=row.task_id,
        named_task_id=row.named_task_id,
        name=row.name,
        due_at=row.next_attempt_at,
    )


def _with_its_task(connection: sa.Connection, steps: sa.Table) -> tuple[sa.FromClause, sa.FromClause]:
    """A step's task, and the join of both. PostgreSQL looks it up for each step: a join that it is free to turn round
    may begin with all tasks there have ever been."""
    tasks = table_of(Task)
    if connection.dialect.name == "postgresql":
        task = looked_up(tasks.c.task_id, steps.c.task_id, "task")
        return task, steps.join(task, sa.true())
    return tasks, steps.join(tasks, tasks.c.task_id == steps.c.task_id)


def next_due_in(connection: sa.Connection, clock: Clock) -> float | None:
    """Seconds until the next step is due; ``None`` where none waits for a time."""
    steps = table_of(WorkflowStep)
    first, now = connection.execute(
        sa.select(sa.func.min(steps.c.next_attempt_at), clock.now()).where(steps.c.next_attempt_at.is_not(None))
    ).one()
    return None if first is None else float((first - now).total_seconds())


def ended_leases(connection: sa.Connection, clock: Clock, *, limit: int) -> list[EndedLease]:
    """Steps whose lease has ended, the longest ended first."""
    steps, kinds = table_of(WorkflowStep), table_of(NamedTask)
    task, with_task = _with_its_task(connection, steps)
    rows = connection.execute(
        sa.select(
            steps.c.workflow_step_id,
            steps.c.task_id,
            steps.c.name,
            steps.c.lease_token,
            steps.c.attempts,
            steps.c.retry_limit,
            steps.c.retryable,
            task.c.correlation_id,
            kinds.c.namespace,
            kinds.c.name.label("task_name"),
            kinds.c.version,
        )
        .select_from(with_task)
        .join(kinds, kinds.c.named_task_id == task.c.named_task_id)
        .where(steps.c.leased_until.is_not(None), steps.c.leased_until <= clock.now())
        .order_by(steps.c.leased_until)
        .limit(limit)
    )
    return [
        EndedLease(
            step_id=row.workflow_step_id,
            task_id=row.task_id,
            name=row.name,
            token=row.lease_token,
            attempt=Attempt(number=row.attempts, limit=row.retry_limit, retryable=row.retryable),
            handler=(row.namespace, row.task_name, row.version),
            correlation_id=row.correlation_id,
        )
        for row in rows
    ]


def open_tasks(connection: sa.Connection, *, after: int, limit: int) -> list[int]:
    """The page of open tasks past key ``after``."""
    tasks = table_of(Task)
    query = (
        sa.select(tasks.c.task_id)
        .where(tasks.c.status.in_(OPEN_TASK), tasks.c.task_id > after)
        .order_by(tasks.c.task_id)
        .limit(limit)
    )
    return list(connection.scalars(query))


def missed_children(connection: sa.Connection, task_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Steps of these tasks that wait, unmarked, though their parents are all done: (task id, step id) pairs."""
    steps = table_of(WorkflowStep)
    waiting = sa.select(steps.c.workflow_step_id).where(
        steps.c.task_id.in_(task_ids), steps.c.status == StepStatus.PENDING, steps.c.next_attempt_at.is_(None)
    )
    return unmarked_ready(connection, page=waiting)


def stalled_tasks(connection: sa.Connection, task_ids: Sequence[int]) -> list[int]:
    """Those of these open tasks in which nothing runs, is ready or waits for a retry."""
    steps = table_of(WorkflowStep)
    can_run = (
        sa.select(steps.c.task_id)
        .where(
            steps.c.task_id.in_(task_ids),
            steps.c.status.in_(OPEN_STEP),
            steps.c.next_attempt_at.is_not(None) | steps.c.leased_until.is_not(None),
        )
        .distinct()
    )
    going_on = set(connection.scalars(can_run))
    return [task_id for task_id in task_ids if task_id not in going_on]
