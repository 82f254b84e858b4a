"""Claiming steps: a compare-and-set that sets a lease and a fencing token."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..lifecycle import Attempt, Event, StepStatus, TaskStatus, step_sources, task_sources
from ..models import NamedTask, Task, WorkflowStep
from .by_key import as_value, is_reached, state_in
from .clock import Clock
from .history import StepEntry, append_step_entries, append_task_entry
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Who claims, under which token, and for how many seconds. The token is fresh for every claim."""

    worker: str
    token: uuid.UUID
    seconds: float


@dataclass(frozen=True, kw_only=True)
class ClaimedStep:
    """A step that this worker holds, as it was claimed."""

    step_id: int
    task_id: int
    name: str
    token: uuid.UUID
    attempt: Attempt
    inputs: Any
    timeout_seconds: float | None
    claimed_at: datetime


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """What a worker needs of a task to run its steps."""

    task_id: int
    key: tuple[str, str, str]
    context: Any
    initiator: str
    source_system: str
    reason: str | None
    tags: tuple[str, ...]
    correlation_id: str | None


def claim_steps(
    connection: sa.Connection, clock: Clock, *, task_id: int, step_ids: Sequence[int], lease: Lease
) -> list[ClaimedStep]:
    """Claim those of ``step_ids`` that may be claimed now; the others are someone else's, or not due.

    The first claim of a task puts it in progress. The task's row is locked before the steps', as everywhere.
    """
    steps = table_of(WorkflowStep)
    # Of this task only: SQLite gives the keys of purged rows out again, and a late message may name another task's.
    named = (as_value(steps.c.task_id) == task_id, steps.c.workflow_step_id.in_(step_ids))
    due = (*named, is_reached(steps.c.next_attempt_at, clock.now()))
    start_task(connection, clock, task_id=task_id, actor=lease.worker, due=due)
    claimed = _claim(connection, clock, lease, *due)
    return sorted(claimed, key=lambda step: step.step_id)


def claim_child(connection: sa.Connection, clock: Clock, *, step_id: int, lease: Lease) -> ClaimedStep | None:
    """Claim a step whose parents are known to be done, whether or not it was marked ready."""
    steps = table_of(WorkflowStep)
    claimed = _claim(
        connection,
        clock,
        lease,
        steps.c.workflow_step_id == step_id,
        state_in(steps.c.status, [StepStatus.PENDING]),
    )
    return claimed[0] if claimed else None


def steps_under(
    connection: sa.Connection, token: uuid.UUID, step_ids: Sequence[int] | None = None
) -> list[ClaimedStep]:
    """The steps that are held under ``token``: asked when the answer to a claim was lost."""
    steps = table_of(WorkflowStep)
    query = sa.select(*_claim_columns(steps)).where(steps.c.leased_until.is_not(None), steps.c.lease_token == token)
    if step_ids is not None:
        query = query.where(steps.c.workflow_step_id.in_(step_ids))
    rows = connection.execute(query.order_by(steps.c.workflow_step_id))
    return [_claimed(row, token) for row in rows]


def start_task(
    connection: sa.Connection, clock: Clock, *, task_id: int, actor: str, due: Sequence[sa.ColumnElement[bool]]
) -> None:
    """Put a task that waits for its first claim in progress, if one of its steps can be claimed: is ``due``."""
    tasks = table_of(Task)
    started = connection.execute(
        tasks.update()
        .where(
            tasks.c.task_id == task_id,
            state_in(tasks.c.status, task_sources(Event.CLAIMED, TaskStatus.IN_PROGRESS)),
            sa.exists().where(*due),
        )
        .values(status=TaskStatus.IN_PROGRESS, updated_at=clock.now())
    )
    if started.rowcount:
        append_task_entry(
            connection,
            clock,
            task_id=task_id,
            source=TaskStatus.PENDING,
            target=TaskStatus.IN_PROGRESS,
            actor=actor,
        )


def task_facts(connection: sa.Connection, task_id: int) -> TaskFacts | None:
    """What a worker needs to know of a task."""
    query = (
        sa.select(Task, NamedTask.namespace, NamedTask.name, NamedTask.version)
        .with_only_columns(
            Task.task_id,
            Task.context,
            Task.initiator,
            Task.source_system,
            Task.reason,
            Task.tags,
            Task.correlation_id,
            NamedTask.namespace,
            NamedTask.name,
            NamedTask.version,
        )
        .join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        .where(Task.task_id == task_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return TaskFacts(
        task_id=row.task_id,
        key=(row.namespace, row.name, row.version),
        context=row.context,
        initiator=row.initiator,
        source_system=row.source_system,
        reason=row.reason,
        tags=tuple(row.tags),
        correlation_id=row.correlation_id,
    )


def _claim(
    connection: sa.Connection, clock: Clock, lease: Lease, *conditions: sa.ColumnElement[bool]
) -> list[ClaimedStep]:
    steps = table_of(WorkflowStep)
    rows = connection.execute(
        steps.update()
        .where(*conditions, state_in(steps.c.status, step_sources(Event.CLAIMED, StepStatus.IN_PROGRESS)))
        .values(
            status=StepStatus.IN_PROGRESS,
            attempts=steps.c.attempts + 1,
            next_attempt_at=None,
            lease_token=lease.token,
            leased_until=clock.after(lease.seconds),
            leased_by=lease.worker,
            last_attempted_at=clock.now(),
            updated_at=clock.now(),
        )
        .returning(*_claim_columns(steps))
    ).all()
    claimed = [_claimed(row, lease.token) for row in rows]
    append_step_entries(connection, clock, [_entry(step, lease) for step in claimed])
    return claimed


def _claim_columns(steps: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    return (
        steps.c.workflow_step_id,
        steps.c.task_id,
        steps.c.name,
        steps.c.attempts,
        steps.c.retry_limit,
        steps.c.retryable,
        steps.c.inputs,
        steps.c.timeout_seconds,
        steps.c.last_attempted_at,
    )


def _claimed(row: sa.Row[Any], token: uuid.UUID) -> ClaimedStep:
    return ClaimedStep(
        step_id=row.workflow_step_id,
        task_id=row.task_id,
        name=row.name,
        token=token,
        attempt=Attempt(number=row.attempts, limit=row.retry_limit, retryable=row.retryable),
        inputs=row.inputs,
        timeout_seconds=row.timeout_seconds,
        claimed_at=row.last_attempted_at,
    )


def _entry(step: ClaimedStep, lease: Lease) -> StepEntry:
    return StepEntry(
        step_id=step.step_id,
        # A step that was never tried is pending; one that failed, or was given back after a failure, is in error.
        source=StepStatus.PENDING if step.attempt.number == 1 else StepStatus.ERROR,
        target=StepStatus.IN_PROGRESS,
        attempt=step.attempt.number,
        actor=lease.worker,
        token=lease.token,
    )
