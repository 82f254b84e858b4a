"""How much came to its end, and how much failed, over the last hour and the last day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ...lifecycle import StepStatus, TaskStatus
from ...models import Task, TaskTransition, UtcDateTime, WorkflowStep, WorkflowStepTransition
from ..by_key import constant
from ..tables import table_of
from .buckets import COMPLETE, DAY, FAILED, Throughput, in_hour_and_day, spans_before
from .reach import reach
from .scoped import Owners, beside, in_scope

CHANGES: Final = 20_000
"""So many of the newest changes of state are looked at: no index has them by their time."""
CHANGES_OF_SOME: Final = 5_000
"""So many where each has to be looked up with its task, to know whose it is."""


def tasks_ended(
    connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int | None = None
) -> Throughput:
    """Tasks that were completed, and tasks that came to rest in error: two statements."""
    changes, tasks = table_of(TaskTransition), table_of(Task)
    complete, failed = changes.c.to_status == TaskStatus.COMPLETE, changes.c.to_status == TaskStatus.ERROR
    outcome = sa.case((complete, constant(COMPLETE)), (failed, constant(FAILED)))
    limit = limit or _limit(owners)
    ended = _ended(changes.c.task_transition_id, changes.c.task_id, outcome, now, limit)
    found = sa.select(ended)
    if owners is not None:
        task, rows = beside(connection, ended, key=tasks.c.task_id, value=ended.c.task_id, name="task")
        found = found.select_from(rows).where(in_scope(task, owners))
    return _throughput(connection, found, changes.c.task_transition_id, now, limit)


def attempts_ended(
    connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int | None = None
) -> Throughput:
    """Attempts that completed their step, and attempts that failed: two statements."""
    changes, steps, tasks = table_of(WorkflowStepTransition), table_of(WorkflowStep), table_of(Task)
    outcome = sa.case((is_completed(changes), constant(COMPLETE)), (is_failed(changes), constant(FAILED)))
    limit = limit or _limit(owners)
    ended = _ended(changes.c.workflow_step_transition_id, changes.c.workflow_step_id, outcome, now, limit)
    found = sa.select(ended)
    if owners is not None:
        key, value = steps.c.workflow_step_id, ended.c.workflow_step_id
        step, rows = beside(connection, ended, key=key, value=value, name="step")
        task, rows = beside(connection, rows, key=tasks.c.task_id, value=step.c.task_id, name="task")
        found = found.select_from(rows).where(in_scope(task, owners))
    return _throughput(connection, found, changes.c.workflow_step_transition_id, now, limit)


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


def _ended(
    key: sa.Column[int], of: sa.Column[int], outcome: sa.ColumnElement[Any], now: datetime, limit: int
) -> sa.Subquery:
    """Which of the newest changes were an end, and when, within a day."""
    columns = (of, key.table.c.created_at, outcome.label("outcome"))
    newest = sa.select(*columns).order_by(key.desc()).limit(limit).subquery("newest")
    within = newest.c.created_at > sa.literal(now - DAY, UtcDateTime)
    return sa.select(newest).where(newest.c.outcome.is_not(None), within).subquery("ended")


def _throughput(
    connection: sa.Connection, found: sa.Select[Any], key: sa.Column[int], now: datetime, limit: int
) -> Throughput:
    mine = found.subquery("mine")
    begins = [sa.literal(begins, UtcDateTime) for begins, _ in spans_before(now)]
    place = sa.case(*((mine.c.created_at > moment, sa.literal_column(str(nth))) for nth, moment in enumerate(begins)))
    placed = sa.select(place.label("place"), mine.c.outcome).subquery("placed")
    columns = (placed.c.place, placed.c.outcome)
    rows = connection.execute(sa.select(*columns, sa.func.count().label("number")).group_by(*columns))
    counted = {(row.place, row.outcome): row.number for row in rows}
    return in_hour_and_day(counted, now, limit=limit, since=reach(connection, key, now, limit=limit))
