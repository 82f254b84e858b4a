"""The parts of the statement that records: the steps it completes, and their children."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ...lifecycle import OPEN_STEP, StepStatus
from ...models import WorkflowStep, WorkflowStepEdge, WorkflowStepTransition
from ..by_key import constant, is_key_of, looked_up, state_in
from ..tables import table_of
from .arrays import unnested
from .moments import moment
from .parents import is_held, number_of_parents
from .rows import claimed_columns, leased

_steps: Final = table_of(WorkflowStep)
clock: Final = moment()
worker: Final = sa.cast(sa.bindparam("worker"), sa.Text)
is_open: Final = [constant(state) for state in OPEN_STEP]


def _given() -> sa.TableValuedAlias:
    """What is to be recorded, a row for each step."""
    return unnested(
        {
            "step_id": ("step_ids", sa.BigInteger()),
            "token": ("tokens", sa.Uuid()),
            "results": ("results", JSONB()),
            "next_token": ("next_tokens", sa.Uuid()),
            "take": ("takes", sa.Integer()),
            "known": ("known", JSONB()),
        }
    )


def _completed() -> sa.CTE:
    """The steps that are completed here."""
    given = _given()
    held = (
        is_key_of(given.c.step_id, _steps.c.workflow_step_id),
        _steps.c.lease_token == given.c.token,
        state_in(_steps.c.status, [StepStatus.IN_PROGRESS]),
        _steps.c.cancel_requested_at.is_(None),
    )
    nothing = dict.fromkeys(["error", "backoff_request_seconds", "lease_token", "leased_until", "leased_by"], sa.null())
    return (
        _steps.update()
        .where(*held)
        .values(
            status=constant(StepStatus.COMPLETE),
            results=given.c.results,
            processed_at=clock.c.now,
            updated_at=clock.c.now,
            **nothing,
        )
        .returning(
            _steps.c.workflow_step_id,
            _steps.c.task_id,
            _steps.c.attempts,
            _steps.c.processed_at,
            *(given.c[name] for name in ("token", "next_token", "take", "known")),
        )
        .cte("completed")
    )


done: Final = _completed()


def still_open(steps: sa.FromClause) -> sa.ColumnElement[bool]:
    """Open in this statement's snapshot, and not completed by it."""
    return sa.and_(steps.c.status.in_(is_open), steps.c.workflow_step_id.not_in(sa.select(done.c.workflow_step_id)))


def _children_that_wait() -> sa.CTE:
    """The children that wait, under each parent that is completed here; ``turn`` is 1 under the first of them."""
    edges = table_of(WorkflowStepEdge)
    child = looked_up(_steps.c.workflow_step_id, edges.c.child_step_id, "child")
    turn = sa.func.row_number().over(partition_by=child.c.workflow_step_id, order_by=done.c.workflow_step_id)
    return (
        sa.select(
            done.c.workflow_step_id.label("parent_id"),
            done.c.next_token,
            done.c.take,
            sa.func.coalesce(done.c.known.has_key(child.c.name), sa.true()).label("is_known"),
            child.c.workflow_step_id.label("child_id"),
            child.c.task_id,
            number_of_parents(child).label("parents"),
            turn.label("turn"),
        )
        .select_from(done)
        .join(edges, is_key_of(done.c.workflow_step_id, edges.c.parent_step_id))
        .join(child, sa.true())
        .where(child.c.status == constant(StepStatus.PENDING), child.c.next_attempt_at.is_(None))
        .cte("waiting")
    )


waiting: Final = _children_that_wait()


def _free_children() -> sa.CTE:
    """Those of them whose parents are all done; ``here`` tells which of them are claimed for the completed step."""
    # The only parent is the one that is completed here.
    held = sa.and_(
        waiting.c.parents > 1, is_held(waiting, waiting.c.child_id, parents=waiting.c.parents, is_open=still_open)
    )
    place = sa.func.row_number().over(
        partition_by=[waiting.c.parent_id, waiting.c.is_known], order_by=waiting.c.child_id
    )
    here = sa.and_(waiting.c.is_known, place <= waiting.c.take)
    return sa.select(waiting, here.label("here")).where(waiting.c.turn == 1, ~held).cte("free")


free: Final = _free_children()


def claimed_children() -> sa.CTE:
    """The children that are claimed for this worker."""
    return (
        _steps.update()
        .where(
            is_key_of(free.c.child_id, _steps.c.workflow_step_id),
            free.c.here,
            state_in(_steps.c.status, [StepStatus.PENDING]),
        )
        .values(leased(_steps, token=free.c.next_token, worker=worker, now=clock.c.now))
        .returning(
            free.c.parent_id,
            *claimed_columns(_steps),
        )
        .cte("claimed")
    )


def marked_children() -> sa.CTE:
    """The children that are left to others."""
    return (
        _steps.update()
        .where(
            is_key_of(free.c.child_id, _steps.c.workflow_step_id),
            ~free.c.here,
            state_in(_steps.c.status, [StepStatus.PENDING]),
            _steps.c.next_attempt_at.is_(None),
        )
        .values(next_attempt_at=clock.c.now, updated_at=clock.c.now)
        .returning(free.c.parent_id, _steps.c.workflow_step_id.label("step_id"), _steps.c.name)
        .cte("marked")
    )


def lines_of(claimed: sa.CTE) -> sa.CTE:
    """The history of both."""
    completed = sa.select(
        done.c.workflow_step_id,
        constant(StepStatus.IN_PROGRESS),
        constant(StepStatus.COMPLETE),
        done.c.attempts,
        done.c.token,
        worker,
        done.c.processed_at,
    )
    started = sa.select(
        claimed.c.step_id,
        constant(StepStatus.PENDING),
        constant(StepStatus.IN_PROGRESS),
        claimed.c.attempts,
        claimed.c.token,
        worker,
        claimed.c.claimed_at,
    )
    return (
        table_of(WorkflowStepTransition)
        .insert()
        .from_select(
            ["workflow_step_id", "from_status", "to_status", "attempt", "lease_token", "actor", "created_at"],
            completed.union_all(started),
        )
        .cte("lines")
    )
