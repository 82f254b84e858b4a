"""Recording what an attempt came to: once, and only under the token of its claim."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..lifecycle import PROCESSED_STEP, StepChange, StepStatus, cancelled_instead
from ..models import TaskAnnotation, WorkflowStep, WorkflowStepTransition
from .clock import Clock
from .history import StepEntry, append_step_entries
from .moments import later, present, reading_of
from .tables import table_of


def record_change(
    connection: sa.Connection,
    clock: Clock,
    *,
    step_id: int,
    token: uuid.UUID,
    change: StepChange,
    actor: str,
    ended_only: bool = False,
) -> StepChange | None:
    """Write ``change`` where ``token`` still holds the step, and give back what was written.

    A step that was asked to stop becomes cancelled instead, its result discarded; the history has who asked, and why.
    With ``ended_only`` the lease must have ended as well: it may have been renewed since it was looked at. ``None``:
    the token does not stand any more, and nothing is written.
    """
    held = {"this_step": step_id, "token": token, **reading_of(clock)}
    if _write(connection, held, change, asked_to_stop=False, ended_only=ended_only) is not None:
        append_step_entries(connection, clock, [_entry(step_id, token, change, actor)])
        return change
    cancelled = cancelled_instead(change)
    asked = _write(connection, held, cancelled, asked_to_stop=True, ended_only=ended_only)
    if asked is None:
        return None
    told = replace(cancelled, reason=asked.cancel_reason or cancelled.reason)
    append_step_entries(connection, clock, [_entry(step_id, token, told, asked.cancel_requested_by or actor)])
    return told


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What the history has of the end of an attempt."""

    status: StepStatus
    error: str | None
    reason: str | None


def recorded_under(connection: sa.Connection, *, step_id: int, token: uuid.UUID) -> Entered | None:
    """What was recorded under ``token``, as the history has it.

    Asked when the answer to a commit was lost. It may be this worker's outcome, or the end of its lease, which a sweep
    recorded meanwhile.
    """
    row = connection.execute(_recorded(), {"this_step": step_id, "token": token}).one_or_none()
    return None if row is None else Entered(status=StepStatus(row.to_status), error=row.error, reason=row.reason)


def write_annotations(
    connection: sa.Connection, clock: Clock, *, task_id: int, notes: Sequence[tuple[int, int, Mapping[str, Any]]]
) -> None:
    """Write notes, each (annotation type id, step id, JSON); the latest of a type and step stands."""
    for type_id, step_id, data in notes:
        row = {"task_id": task_id, "annotation_type_id": type_id, "workflow_step_id": step_id, "annotation": data}
        connection.execute(_note(connection.dialect.name), {**row, **reading_of(clock)})


def _write(
    connection: sa.Connection, held: Mapping[str, Any], change: StepChange, *, asked_to_stop: bool, ended_only: bool
) -> sa.Row[Any] | None:
    statement = _writing(
        asked_to_stop=asked_to_stop,
        ended_only=ended_only,
        keeps_error=change.given_back,
        is_due=change.due_in is not None,
        processed=change.status in PROCESSED_STEP,
    )
    values: dict[str, Any] = {"status": change.status, "attempts": change.attempts, "results": change.results}
    if not change.given_back:
        values |= {"error": change.error, "backoff_request_seconds": change.backoff_request}
    return connection.execute(statement, {**held, **values, "due_in": change.due_in}).one_or_none()


@cache
def _writing(
    *, asked_to_stop: bool, ended_only: bool, keeps_error: bool, is_due: bool, processed: bool
) -> sa.Executable:
    """Write what an attempt came to; what is not set here is a parameter by the name of its column."""
    steps = table_of(WorkflowStep)
    asked = steps.c.cancel_requested_at
    held = [steps.c.workflow_step_id == sa.bindparam("this_step"), steps.c.lease_token == sa.bindparam("token")]
    if ended_only:
        held.append(steps.c.leased_until <= present())
    kept = {"error": steps.c.error, "backoff_request_seconds": steps.c.backoff_request_seconds}
    return (
        steps.update()
        .where(*held, asked.is_not(None) if asked_to_stop else asked.is_(None))
        .values(
            next_attempt_at=later("due_in") if is_due else None,
            processed_at=present() if processed else None,
            lease_token=None,
            leased_until=None,
            leased_by=None,
            updated_at=present(),
            **(kept if keeps_error else {}),
        )
        .returning(steps.c.cancel_requested_by, steps.c.cancel_reason)
    )


@cache
def _recorded() -> sa.Select[Any]:
    history = table_of(WorkflowStepTransition)
    return sa.select(history.c.to_status, history.c.error, history.c.reason).where(
        history.c.workflow_step_id == sa.bindparam("this_step"),
        history.c.lease_token == sa.bindparam("token"),
        history.c.from_status == StepStatus.IN_PROGRESS,
    )


@cache
def _note(dialect: str) -> sa.Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(TaskAnnotation).values(created_at=present(), updated_at=present())
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["task_id", "annotation_type_id", "workflow_step_id"],
        set_={"annotation": new.annotation, "updated_at": new.updated_at},
        where=sa.cast(TaskAnnotation.annotation, sa.Text) != sa.cast(new.annotation, sa.Text),
    )


def _entry(step_id: int, token: uuid.UUID, change: StepChange, actor: str) -> StepEntry:
    return StepEntry(
        step_id=step_id,
        source=StepStatus.IN_PROGRESS,
        target=change.status,
        attempt=change.attempts,
        actor=actor,
        token=token,
        reason=change.reason,
        error=change.told,
    )
