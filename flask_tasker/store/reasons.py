"""Why a step is not running: the facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ..lifecycle import OPEN_STEP, StepStatus, TaskStatus
from ..models import NamedTask, Task, WorkflowStep, WorkflowStepEdge
from ..typing import HandlerKey
from .clock import Clock
from .tables import table_of

_OF_A_STEP: Final = (
    "workflow_step_id",
    "task_id",
    "name",
    "status",
    "attempts",
    "retry_limit",
    "next_attempt_at",
    "leased_by",
    "leased_until",
    "cancel_requested_at",
    "error",
)
"""Columns: what a step holds is not read."""


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """A step and what it may be waiting for."""

    step_id: int
    task_id: int
    name: str
    handler: HandlerKey
    status: StepStatus
    task_status: TaskStatus
    attempts: int
    retry_limit: int
    next_attempt_at: datetime | None
    leased_by: str | None
    leased_until: datetime | None
    cancel_requested: bool
    error: str | None
    now: datetime


def step_facts(connection: sa.Connection, clock: Clock, step_id: int) -> StepFacts | None:
    """What is known of a step."""
    found = _facts(connection, clock, table_of(WorkflowStep).c.workflow_step_id == step_id, limit=1)
    return found[0] if found else None


def facts_of_steps(connection: sa.Connection, clock: Clock, step_ids: Collection[int]) -> list[StepFacts]:
    """What is known of these steps: one statement."""
    return _facts(connection, clock, table_of(WorkflowStep).c.workflow_step_id.in_(step_ids), limit=len(step_ids))


def open_parents(connection: sa.Connection, step_id: int, *, limit: int = 10) -> list[str]:
    """Names of parents that are not done yet."""
    steps, edges = table_of(WorkflowStep), table_of(WorkflowStepEdge)
    query = (
        sa.select(steps.c.name)
        .join(edges, edges.c.parent_step_id == steps.c.workflow_step_id)
        .where(edges.c.child_step_id == step_id, steps.c.status.in_(OPEN_STEP))
        .order_by(steps.c.workflow_step_id)
        .limit(limit)
    )
    return list(connection.scalars(query))


def overdue_steps(connection: sa.Connection, clock: Clock, *, seconds: float, limit: int) -> list[StepFacts]:
    """Steps that could have been claimed for longer than ``seconds``."""
    due = table_of(WorkflowStep).c.next_attempt_at
    return _facts(connection, clock, due.is_not(None), due <= clock.after(-seconds), limit=limit)


def held_without_timeout(connection: sa.Connection, clock: Clock, *, seconds: float, limit: int) -> list[StepFacts]:
    """Steps without a timeout that have run for over ``seconds``: held for as long as their process lives."""
    steps = table_of(WorkflowStep)
    return _facts(
        connection,
        clock,
        steps.c.leased_until.is_not(None),
        steps.c.timeout_seconds.is_(None),
        steps.c.last_attempted_at <= clock.after(-seconds),
        limit=limit,
    )


def open_kinds(connection: sa.Connection, known: Collection[HandlerKey]) -> dict[HandlerKey, int]:
    """Kinds of task not among ``known`` that have open tasks, and how many."""
    tasks, kinds = table_of(Task), table_of(NamedTask)
    rows = connection.execute(
        sa.select(kinds.c.namespace, kinds.c.name, kinds.c.version, sa.func.count().label("tasks"))
        .join(tasks, tasks.c.named_task_id == kinds.c.named_task_id)
        .where(tasks.c.status.in_([TaskStatus.PENDING, TaskStatus.IN_PROGRESS]))
        .group_by(kinds.c.namespace, kinds.c.name, kinds.c.version)
    )
    found = {(row.namespace, row.name, row.version): row.tasks for row in rows}
    unknown = found.keys() - set(known)
    return {key: found[key] for key in sorted(unknown)}


def _facts(connection: sa.Connection, clock: Clock, *conditions: sa.ColumnElement[bool], limit: int) -> list[StepFacts]:
    steps, tasks, kinds = table_of(WorkflowStep), table_of(Task), table_of(NamedTask)
    rows = connection.execute(
        sa.select(
            *(steps.c[name] for name in _OF_A_STEP),
            tasks.c.status.label("task_status"),
            kinds.c.namespace,
            kinds.c.name.label("task_name"),
            kinds.c.version,
            clock.now().label("now"),
        )
        .join(tasks, tasks.c.task_id == steps.c.task_id)
        .join(kinds, kinds.c.named_task_id == tasks.c.named_task_id)
        .where(*conditions)
        .order_by(steps.c.workflow_step_id)
        .limit(limit)
    )
    return [
        StepFacts(
            step_id=row.workflow_step_id,
            task_id=row.task_id,
            name=row.name,
            handler=(row.namespace, row.task_name, row.version),
            status=StepStatus(row.status),
            task_status=TaskStatus(row.task_status),
            attempts=row.attempts,
            retry_limit=row.retry_limit,
            next_attempt_at=row.next_attempt_at,
            leased_by=row.leased_by,
            leased_until=row.leased_until,
            cancel_requested=row.cancel_requested_at is not None,
            error=row.error,
            now=row.now,
        )
        for row in rows
    ]
