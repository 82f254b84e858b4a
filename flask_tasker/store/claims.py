"""Claiming steps: a compare-and-set that sets a lease and a fencing token."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from ..lifecycle import Attempt, Event, StepStatus, TaskStatus, step_sources, task_sources
from ..models import NamedTask, Task, WorkflowStep
from .by_key import as_value, is_reached, state_in
from .clock import Clock
from .history import StepEntry, TaskEntry, append_step_entries, append_task_entries
from .moments import later, present, reading_of
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Who claims, under which token, and for how many seconds. The token is fresh for every claim."""

    worker: str
    token: uuid.UUID
    seconds: float


@dataclass(frozen=True, kw_only=True)
class ClaimedStep:
    """A step that this worker holds, as it was claimed.

    Attributes:
        starts_task: whether its claim was the first of its task.
        waited: how many seconds it had been due; 0 for a child that was claimed with what freed it. ``None`` where
            nobody wanted to know.
    """

    step_id: int
    task_id: int
    name: str
    token: uuid.UUID
    attempt: Attempt
    inputs: Any
    timeout_seconds: float | None
    claimed_at: datetime
    starts_task: bool = False
    waited: float | None = None

    @property
    def source(self) -> StepStatus:
        """The state before: never tried it was pending; failed, or given back after a failure, in error."""
        return StepStatus.PENDING if self.attempt.number == 1 else StepStatus.ERROR


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """What a worker needs of a task to run its steps.

    Attributes:
        trace_context: the trace in which it was created, as it was written: to be relied on like any other text.
    """

    task_id: int
    key: tuple[str, str, str]
    context: Any
    initiator: str
    source_system: str
    reason: str | None
    tags: tuple[str, ...]
    correlation_id: str | None
    trace_context: str | None = None


def claim_steps(
    connection: sa.Connection,
    clock: Clock,
    *,
    task_id: int,
    step_ids: Sequence[int],
    lease: Lease,
    timed: bool = False,
) -> list[ClaimedStep]:
    """Claim those of ``step_ids`` that may be claimed now; the others are someone else's, or not due.

    The first claim of a task puts it in progress. The task's row is locked before the steps', as everywhere. How long
    they waited is found out if ``timed``, by a statement more: SQLite gives back no value from before an UPDATE.
    """
    wanted = {"this_task": task_id, "these_steps": list(step_ids), **reading_of(clock)}
    first = _start_task(connection, clock, wanted, actor=lease.worker)
    due_at = _due_at(connection, wanted) if timed else {}
    claimed = _claim(connection, clock, lease, _claimed_if_due(), wanted)
    ordered = [_timed(step, due_at) for step in sorted(claimed, key=lambda step: step.step_id)]
    return [replace(ordered[0], starts_task=first), *ordered[1:]] if ordered else []


def claim_child(connection: sa.Connection, clock: Clock, *, step_id: int, lease: Lease) -> ClaimedStep | None:
    """Claim a step whose parents are known to be done, whether or not it was marked ready."""
    claimed = _claim(connection, clock, lease, _claimed_child(), {"this_step": step_id, **reading_of(clock)})
    return replace(claimed[0], waited=0.0) if claimed else None


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


def task_facts(connection: sa.Connection, task_id: int) -> TaskFacts | None:
    """What a worker needs to know of a task."""
    row = connection.execute(_facts(), {"this_task": task_id}).one_or_none()
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
        trace_context=row.trace_context,
    )


def _start_task(connection: sa.Connection, clock: Clock, wanted: Mapping[str, Any], *, actor: str) -> bool:
    """Put a task that waits for its first claim in progress, if a step of it can be claimed; says whether it was."""
    is_first = connection.execute(_started(), wanted).rowcount > 0
    if is_first:
        entry = TaskEntry(
            task_id=wanted["this_task"], source=TaskStatus.PENDING, target=TaskStatus.IN_PROGRESS, actor=actor
        )
        append_task_entries(connection, clock, [entry])
    return is_first


def _claim(
    connection: sa.Connection, clock: Clock, lease: Lease, statement: sa.Executable, wanted: Mapping[str, Any]
) -> list[ClaimedStep]:
    leased = {"token": lease.token, "worker": lease.worker, "lease_seconds": lease.seconds}
    rows = connection.execute(statement, {**wanted, **leased}).all()
    claimed = [_claimed(row, lease.token) for row in rows]
    append_step_entries(connection, clock, [_entry(step, lease) for step in claimed])
    return claimed


def _due_at(connection: sa.Connection, wanted: Mapping[str, Any]) -> Mapping[int, datetime]:
    rows = connection.execute(_due(), wanted)
    return {row.workflow_step_id: row.next_attempt_at for row in rows}


def _timed(step: ClaimedStep, due_at: Mapping[int, datetime]) -> ClaimedStep:
    due = due_at.get(step.step_id)
    return step if due is None else replace(step, waited=(step.claimed_at - due).total_seconds())


@cache
def _due() -> sa.Select[int, datetime | None]:
    steps = table_of(WorkflowStep)
    return sa.select(steps.c.workflow_step_id, steps.c.next_attempt_at).where(*_is_due())


@cache
def _started() -> sa.Update:
    tasks = table_of(Task)
    sources = task_sources(Event.CLAIMED, TaskStatus.IN_PROGRESS)
    return (
        tasks.update()
        .where(
            tasks.c.task_id == sa.bindparam("this_task"),
            state_in(tasks.c.status, sources),
            sa.exists().where(*_is_due()),
        )
        .values(status=TaskStatus.IN_PROGRESS, updated_at=present())
    )


@cache
def _claimed_if_due() -> sa.Executable:
    return _claiming(*_is_due())


@cache
def _claimed_child() -> sa.Executable:
    steps = table_of(WorkflowStep)
    return _claiming(
        steps.c.workflow_step_id == sa.bindparam("this_step"), state_in(steps.c.status, [StepStatus.PENDING])
    )


def _is_due() -> Sequence[sa.ColumnElement[bool]]:
    steps = table_of(WorkflowStep)
    return (
        # Of this task only: SQLite gives the keys of purged rows out again, and a late message may name another task's.
        as_value(steps.c.task_id) == sa.bindparam("this_task"),
        steps.c.workflow_step_id.in_(sa.bindparam("these_steps", expanding=True)),
        is_reached(steps.c.next_attempt_at, present()),
    )


def _claiming(*conditions: sa.ColumnElement[bool]) -> sa.Executable:
    steps = table_of(WorkflowStep)
    return (
        steps.update()
        .where(*conditions, state_in(steps.c.status, step_sources(Event.CLAIMED, StepStatus.IN_PROGRESS)))
        .values(
            status=StepStatus.IN_PROGRESS,
            attempts=steps.c.attempts + 1,
            next_attempt_at=None,
            lease_token=sa.bindparam("token"),
            leased_until=later("lease_seconds"),
            leased_by=sa.bindparam("worker"),
            last_attempted_at=present(),
            updated_at=present(),
        )
        .returning(*_claim_columns(steps))
    )


@cache
def _facts() -> sa.Select[Any]:
    tasks, kinds = table_of(Task), table_of(NamedTask)
    return (
        sa.select(
            tasks.c.task_id,
            tasks.c.context,
            tasks.c.initiator,
            tasks.c.source_system,
            tasks.c.reason,
            tasks.c.tags,
            tasks.c.correlation_id,
            tasks.c.trace_context,
            kinds.c.namespace,
            kinds.c.name,
            kinds.c.version,
        )
        .join(kinds, kinds.c.named_task_id == tasks.c.named_task_id)
        .where(tasks.c.task_id == sa.bindparam("this_task"))
    )


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
        source=step.source,
        target=StepStatus.IN_PROGRESS,
        attempt=step.attempt.number,
        actor=lease.worker,
        token=lease.token,
    )
