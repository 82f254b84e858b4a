"""What the statements that claim write, what they give back of a step, and how that is read."""

from __future__ import annotations

import json
import uuid
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from ...lifecycle import Attempt, StepStatus
from ..by_key import constant
from ..claims import ClaimedStep
from .moments import later


def leased(
    steps: sa.Table, *, token: sa.ColumnElement[Any], worker: sa.ColumnElement[str], now: sa.ColumnElement[Any]
) -> dict[str, Any]:
    """What a claim writes: a lease for so many ``seconds``, a parameter, and one attempt more."""
    return {
        "status": constant(StepStatus.IN_PROGRESS),
        "attempts": steps.c.attempts + 1,
        "next_attempt_at": sa.null(),
        "lease_token": token,
        "leased_until": later(now, "seconds"),
        "leased_by": worker,
        "last_attempted_at": now,
        "updated_at": now,
    }


def claimed_columns(steps: sa.Table) -> list[sa.ColumnElement[Any]]:
    """What is to be returned of a step that was claimed."""
    return [
        steps.c.workflow_step_id.label("step_id"),
        steps.c.task_id,
        steps.c.name,
        steps.c.lease_token.label("token"),
        steps.c.attempts,
        steps.c.retry_limit,
        steps.c.retryable,
        sa.cast(steps.c.inputs, sa.Text).label("inputs"),
        steps.c.timeout_seconds,
        steps.c.last_attempted_at.label("claimed_at"),
    ]


def claimed_step(row: sa.Row[Any], *, starts_task: bool = False, waited: float = 0.0) -> ClaimedStep:
    """The step that these columns tell of, as the driver has read them."""
    return ClaimedStep(
        step_id=row.step_id,
        task_id=row.task_id,
        name=row.name,
        token=uuid.UUID(str(row.token)),
        attempt=Attempt(number=row.attempts, limit=row.retry_limit, retryable=row.retryable),
        inputs=None if row.inputs is None else json.loads(row.inputs),
        timeout_seconds=row.timeout_seconds,
        claimed_at=row.claimed_at.astimezone(UTC),
        starts_task=starts_task,
        waited=waited,
    )
