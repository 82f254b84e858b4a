"""Keeping leases alive, and finding those that ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..lifecycle import Attempt
from ..models import WorkflowStep
from ..typing import HandlerKey
from .clock import Clock
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class EndedLease:
    """A step whose worker went silent."""

    step_id: int
    task_id: int
    name: str
    token: uuid.UUID
    attempt: Attempt
    handler: HandlerKey
    correlation_id: str | None = None


def renew_leases(
    connection: sa.Connection, clock: Clock, *, held: Sequence[tuple[int, uuid.UUID]], seconds: float
) -> set[int]:
    """Renew the leases of steps, each with its token, and give back those that still stand.

    Rows that are being recorded at the moment are skipped: they do not need the lease any more, and count as standing.
    """
    steps = table_of(WorkflowStep)
    tokens = dict(held)
    mine = (steps.c.workflow_step_id.in_(sorted(tokens)), steps.c.leased_until.is_not(None))
    standing = {
        row.workflow_step_id
        for row in connection.execute(sa.select(steps.c.workflow_step_id, steps.c.lease_token).where(*mine))
        if row.lease_token == tokens[row.workflow_step_id]
    }
    free = connection.scalars(
        sa.select(steps.c.workflow_step_id)
        .where(steps.c.workflow_step_id.in_(sorted(standing)), steps.c.lease_token.in_(set(tokens.values())))
        .order_by(steps.c.workflow_step_id)
        .with_for_update(skip_locked=True)
    ).all()
    connection.execute(
        steps.update()
        .where(steps.c.workflow_step_id.in_(free), steps.c.lease_token.in_(set(tokens.values())))
        .values(leased_until=clock.after(seconds))
    )
    return standing
