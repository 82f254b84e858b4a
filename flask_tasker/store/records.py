"""Recording what an attempt came to: once, and only under the token of its claim."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..lifecycle import PROCESSED_STEP, StepChange, StepStatus, cancelled_instead
from ..models import TaskAnnotation, WorkflowStep, WorkflowStepTransition
from .clock import Clock
from .history import StepEntry, append_step_entries
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
    steps = table_of(WorkflowStep)
    held = [steps.c.workflow_step_id == step_id, steps.c.lease_token == token]
    if ended_only:
        held.append(steps.c.leased_until <= clock.now())
    if _write(connection, clock, change, *held, steps.c.cancel_requested_at.is_(None)) is not None:
        append_step_entries(connection, clock, [_entry(step_id, token, change, actor)])
        return change
    cancelled = cancelled_instead(change)
    asked = _write(connection, clock, cancelled, *held, steps.c.cancel_requested_at.is_not(None))
    if asked is None:
        return None
    told = replace(cancelled, reason=asked.cancel_reason or cancelled.reason)
    append_step_entries(connection, clock, [_entry(step_id, token, told, asked.cancel_requested_by or actor)])
    return cancelled


def recorded_under(
    connection: sa.Connection, *, step_id: int, token: uuid.UUID
) -> tuple[StepStatus, str | None] | None:
    """What was recorded under ``token``, as the history has it: the state and the error.

    Asked when the answer to a commit was lost. It may be this worker's outcome, or the end of its lease, which a sweep
    recorded meanwhile.
    """
    history = table_of(WorkflowStepTransition)
    row = connection.execute(
        sa.select(history.c.to_status, history.c.error).where(
            history.c.workflow_step_id == step_id,
            history.c.lease_token == token,
            history.c.from_status == StepStatus.IN_PROGRESS,
        )
    ).one_or_none()
    return None if row is None else (StepStatus(row.to_status), row.error)


def write_annotations(
    connection: sa.Connection, clock: Clock, *, task_id: int, notes: Sequence[tuple[int, int, Mapping[str, Any]]]
) -> None:
    """Write notes, each (annotation type id, step id, JSON); the latest of a type and step stands."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for type_id, step_id, data in notes:
        statement = dialect.insert(TaskAnnotation).values(
            task_id=task_id,
            annotation_type_id=type_id,
            workflow_step_id=step_id,
            annotation=data,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["task_id", "annotation_type_id", "workflow_step_id"],
                set_={"annotation": statement.excluded.annotation, "updated_at": statement.excluded.updated_at},
                where=sa.cast(TaskAnnotation.annotation, sa.Text) != sa.cast(statement.excluded.annotation, sa.Text),
            )
        )


def _write(
    connection: sa.Connection, clock: Clock, change: StepChange, *conditions: sa.ColumnElement[bool]
) -> sa.Row[Any] | None:
    steps = table_of(WorkflowStep)
    return connection.execute(
        steps.update()
        .where(*conditions)
        .values(
            status=change.status,
            attempts=change.attempts,
            results=change.results,
            error=steps.c.error if change.given_back else change.error,
            backoff_request_seconds=steps.c.backoff_request_seconds if change.given_back else change.backoff_request,
            next_attempt_at=None if change.due_in is None else clock.after(change.due_in),
            processed_at=clock.now() if change.status in PROCESSED_STEP else None,
            lease_token=None,
            leased_until=None,
            leased_by=None,
            updated_at=clock.now(),
        )
        .returning(steps.c.cancel_requested_by, steps.c.cancel_reason)
    ).one_or_none()


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
