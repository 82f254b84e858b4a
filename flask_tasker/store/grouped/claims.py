"""Claiming, for any number of messages at once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from ...lifecycle import Event, StepStatus, TaskStatus, step_sources, task_sources
from ...models import NamedTask, Task, TaskTransition, WorkflowStep, WorkflowStepTransition
from ..by_key import as_value, constant, is_key_of, is_reached, looked_up, state_in
from ..claims import ClaimedStep, TaskFacts
from ..clock import Clock
from ..moments import reading_of
from ..tables import table_of
from .arrays import unnested
from .moments import moment
from .prepared import Prepared
from .rows import claimed_columns, claimed_step, leased

Claimed = tuple[TaskFacts, list[ClaimedStep]]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Steps of one task that are to be claimed under one token."""

    task_id: int
    step_ids: Sequence[int]
    token: uuid.UUID


def claim_many(
    connection: sa.Connection, clock: Clock, wanted: Sequence[Wanted], *, worker: str, seconds: float
) -> dict[uuid.UUID, Claimed]:
    """Claim what may be claimed now of everything ``wanted``, and give back, by token, the tasks and their steps.

    As ``store.claims.claim_steps`` does it for one: tasks are put in progress first, then steps are leased.
    """
    # Steps are locked in the order of their keys, as everywhere.
    pairs = sorted(
        ((one.task_id, step_id, str(one.token)) for one in wanted for step_id in one.step_ids), key=itemgetter(1, 2)
    )
    rows = _CLAIM.run(
        connection,
        {
            **reading_of(clock),
            "task_ids": [task_id for task_id, _, _ in pairs],
            "step_ids": [step_id for _, step_id, _ in pairs],
            "tokens": [token for _, _, token in pairs],
            "worker": worker,
            "seconds": seconds,
        },
    )
    found: dict[uuid.UUID, Claimed] = {}
    for row in rows:
        token = uuid.UUID(str(row.token))
        if token not in found:
            found[token] = (_facts(row), [])
        steps = found[token][1]
        waited = (row.claimed_at - row.due_at).total_seconds()
        steps.append(claimed_step(row, starts_task=row.starts_task and not steps, waited=waited))
    for _, steps in found.values():
        steps.sort(key=lambda step: step.step_id)
    return found


_steps: Final = table_of(WorkflowStep)
_clock: Final = moment()


def _statement() -> sa.Select[Any]:
    tasks, kinds = table_of(Task), table_of(NamedTask)
    given = unnested(
        {
            "task_id": ("task_ids", sa.BigInteger()),
            "step_id": ("step_ids", sa.BigInteger()),
            "token": ("tokens", sa.Uuid()),
        }
    )
    step = looked_up(_steps.c.workflow_step_id, given.c.step_id, "step")
    due = (
        sa.select(given.c.task_id, given.c.step_id, given.c.token, step.c.next_attempt_at.label("due_at"))
        .join_from(given, step, sa.true())
        .where(*_claimable(step, given))
        .cte("due")
    )
    started = _started(tasks, _clock, sa.select(due.c.task_id).distinct().cte("due_tasks"))
    claimed = _claimed(due, _all_of(started))
    return (
        sa.select(
            claimed,
            claimed.c.task_id.in_(sa.select(started.c.task_id)).label("starts_task"),
            *_facts_columns(tasks, kinds),
        )
        .select_from(claimed)
        .join(tasks, is_key_of(claimed.c.task_id, tasks.c.task_id))
        .join(kinds, is_key_of(tasks.c.named_task_id, kinds.c.named_task_id))
        .add_cte(_history(claimed))
    )


def _claimable(step: sa.FromClause, given: sa.FromClause) -> Sequence[sa.ColumnElement[bool]]:
    """Due, and of the task that was named only, as everywhere."""
    return (
        as_value(step.c.task_id) == given.c.task_id,
        is_reached(step.c.next_attempt_at, _clock.c.now),
        state_in(step.c.status, step_sources(Event.CLAIMED, StepStatus.IN_PROGRESS)),
    )


def _facts_columns(tasks: sa.Table, kinds: sa.Table) -> list[sa.ColumnElement[Any]]:
    return [
        sa.cast(tasks.c.context, sa.Text).label("context"),
        tasks.c.initiator,
        tasks.c.source_system,
        tasks.c.reason,
        sa.cast(tasks.c.tags, sa.Text).label("tags"),
        tasks.c.correlation_id,
        tasks.c.trace_context,
        kinds.c.namespace,
        kinds.c.name.label("kind"),
        kinds.c.version,
    ]


def _claimed(due: sa.CTE, *conditions: sa.ColumnElement[bool]) -> sa.CTE:
    """The steps, as long as they are still due: another claim may have come between."""
    return (
        _steps.update()
        .where(is_key_of(due.c.step_id, _steps.c.workflow_step_id), *_claimable(_steps, due), *conditions)
        .values(leased(_steps, token=due.c.token, worker=_worker(), now=_clock.c.now))
        .returning(*claimed_columns(_steps), due.c.due_at)
        .cte("claimed")
    )


def _started(tasks: sa.Table, clock: sa.CTE, due: sa.CTE) -> sa.CTE:
    """Tasks whose first claim this is, locked in order of their keys, with a line in their history."""
    waits = state_in(tasks.c.status, task_sources(Event.CLAIMED, TaskStatus.IN_PROGRESS))
    first = (
        sa.select(tasks.c.task_id)
        .join_from(due, tasks, is_key_of(due.c.task_id, tasks.c.task_id))
        .where(waits)
        .order_by(due.c.task_id)
        .with_for_update(key_share=True, of=tasks)
        .cte("first")
    )
    started = (
        tasks.update()
        .where(is_key_of(first.c.task_id, tasks.c.task_id), waits)
        .values(status=constant(TaskStatus.IN_PROGRESS), updated_at=clock.c.now)
        .returning(tasks.c.task_id, tasks.c.updated_at)
        .cte("started")
    )
    lines = table_of(TaskTransition)
    return (
        lines.insert()
        .from_select(
            ["task_id", "from_status", "to_status", "actor", "created_at"],
            sa.select(
                started.c.task_id,
                constant(TaskStatus.PENDING),
                constant(TaskStatus.IN_PROGRESS),
                _worker(),
                started.c.updated_at,
            ),
        )
        .returning(lines.c.task_id)
        .cte("started_lines")
    )


def _all_of(started: sa.CTE) -> sa.ColumnElement[bool]:
    """Always true; makes PostgreSQL go through ``started`` first, since tasks are locked before their steps."""
    return sa.select(sa.func.count()).select_from(started).scalar_subquery() >= 0


def _history(claimed: sa.CTE) -> sa.CTE:
    first = claimed.c.attempts == 1
    return (
        table_of(WorkflowStepTransition)
        .insert()
        .from_select(
            ["workflow_step_id", "from_status", "to_status", "attempt", "lease_token", "actor", "created_at"],
            sa.select(
                claimed.c.step_id,
                # A step that was never tried is pending; one that failed, or was given back after it, is in error.
                sa.case((first, constant(StepStatus.PENDING)), else_=constant(StepStatus.ERROR)),
                constant(StepStatus.IN_PROGRESS),
                claimed.c.attempts,
                claimed.c.token,
                _worker(),
                claimed.c.claimed_at,
            ).order_by(claimed.c.step_id),
        )
        .cte("claimed_lines")
    )


def _worker() -> sa.ColumnElement[str]:
    return sa.cast(sa.bindparam("worker"), sa.Text)


def _facts(row: sa.Row[Any]) -> TaskFacts:
    return TaskFacts(
        task_id=row.task_id,
        key=(row.namespace, row.kind, row.version),
        context=json.loads(row.context),
        initiator=row.initiator,
        source_system=row.source_system,
        reason=row.reason,
        tags=tuple(json.loads(row.tags)),
        correlation_id=row.correlation_id,
        trace_context=row.trace_context,
    )


_CLAIM: Final = Prepared("tasker_claim_3", _statement())
