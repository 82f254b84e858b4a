"""How much came to its end, and how much failed, over the last hour and the last day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ...lifecycle import StepStatus, TaskStatus
from ...models import Task, TaskTransition, UtcDateTime, WorkflowStep, WorkflowStepTransition
from ..by_key import constant
from ..tables import table_of
from .buckets import COMPLETE, FAILED, Throughput, in_hour_and_day, spans_before
from .scoped import Owners, beside, in_scope

CHANGES: Final = 50_000
"""So many of the newest changes of state are looked at: no index has them by their time."""
CHANGES_OF_SOME: Final = 10_000
"""So many where each has to be looked up with its task, to know whose it is."""


def tasks_ended(
    connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int | None = None
) -> Throughput:
    """Tasks that were completed, and tasks that came to rest in error: one statement."""
    changes, tasks = table_of(TaskTransition), table_of(Task)
    complete, failed = changes.c.to_status == TaskStatus.COMPLETE, changes.c.to_status == TaskStatus.ERROR
    outcome = sa.case((complete, constant(COMPLETE)), (failed, constant(FAILED)))
    limit = limit or _limit(owners)
    newest = _newest(changes.c.task_transition_id, changes.c.task_id, outcome, limit=limit)
    if owners is None:
        return _counted(connection, _placed(newest, newest, sa.true(), now), now, limit=limit)
    task, rows = beside(connection, newest, key=tasks.c.task_id, value=newest.c.task_id, name="task")
    return _counted(connection, _placed(newest, rows, in_scope(task, owners), now), now, limit=limit)


def attempts_ended(
    connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int | None = None
) -> Throughput:
    """Attempts that completed their step, and attempts that failed: one statement."""
    changes, steps, tasks = table_of(WorkflowStepTransition), table_of(WorkflowStep), table_of(Task)
    outcome = sa.case((is_completed(changes), constant(COMPLETE)), (is_failed(changes), constant(FAILED)))
    limit = limit or _limit(owners)
    newest = _newest(changes.c.workflow_step_transition_id, changes.c.workflow_step_id, outcome, limit=limit)
    if owners is None:
        return _counted(connection, _placed(newest, newest, sa.true(), now), now, limit=limit)
    key, value = steps.c.workflow_step_id, newest.c.workflow_step_id
    step, rows = beside(connection, newest, key=key, value=value, name="step")
    task, rows = beside(connection, rows, key=tasks.c.task_id, value=step.c.task_id, name="task")
    return _counted(connection, _placed(newest, rows, in_scope(task, owners), now), now, limit=limit)


def is_completed(changes: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a step's change is the end of an attempt that completed it."""
    return sa.and_(changes.c.from_status == StepStatus.IN_PROGRESS, changes.c.to_status == StepStatus.COMPLETE)


def is_failed(changes: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a step's change is the end of an attempt that failed; one that was given back has no error."""
    return sa.and_(
        changes.c.from_status == StepStatus.IN_PROGRESS,
        changes.c.to_status == StepStatus.ERROR,
        changes.c.error.is_not(None),
    )


def _limit(owners: Owners) -> int:
    return CHANGES if owners is None else CHANGES_OF_SOME


def _newest(key: sa.Column[int], of: sa.Column[int], outcome: sa.ColumnElement[Any], *, limit: int) -> sa.Subquery:
    columns = (of, key.table.c.created_at, outcome.label("outcome"))
    return sa.select(*columns).order_by(key.desc()).limit(limit).subquery("newest")


def _placed(newest: sa.Subquery, rows: sa.FromClause, is_mine: sa.ColumnElement[bool], now: datetime) -> sa.Subquery:
    changed = newest.c.created_at
    begins = [sa.literal(begins, UtcDateTime) for begins, _ in spans_before(now)]
    place = sa.case(*((changed > moment, sa.literal_column(str(place))) for place, moment in enumerate(begins)))
    mine = sa.case((is_mine, 1), else_=0)
    columns = (place.label("place"), mine.label("mine"), newest.c.outcome, changed)
    return sa.select(*columns).select_from(rows).subquery("placed")


def _counted(connection: sa.Connection, placed: sa.Subquery, now: datetime, *, limit: int) -> Throughput:
    query = sa.select(
        placed.c.place,
        placed.c.outcome,
        sa.func.sum(placed.c.mine).label("number"),
        sa.func.count().label("changes"),
        sa.func.min(placed.c.created_at).label("first"),
    ).group_by(placed.c.place, placed.c.outcome)
    found = connection.execute(query).all()
    # Where one of them is older than all spans, they reach back far enough.
    is_cut = sum(row.changes for row in found) >= limit and all(row.place is not None for row in found)
    since = min(row.first for row in found) if is_cut else None
    return in_hour_and_day({(row.place, row.outcome): row.number for row in found}, now, limit=limit, since=since)
