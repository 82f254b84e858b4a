"""How the latest attempts went, by kind of step: how long they took, and how many failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...lifecycle import StepStatus
from ...models import DependentSystem, NamedStep, NamedTask, Task, UtcDateTime, WorkflowStep, WorkflowStepTransition
from ...typing import HandlerKey
from ..clock import seconds_between
from ..tables import table_of
from .buckets import DAY
from .reach import reach
from .scoped import Owners, beside, in_scope
from .throughput import CHANGES_OF_SOME, is_completed, is_failed


@dataclass(frozen=True, kw_only=True)
class AttemptKind:
    """Attempts of one step of one kind of task that ended within the last day.

    Attributes:
        attempts: those that completed the step or failed.
        median_seconds: from claim to record; ``None`` where no claim is among the changes that were looked at.
        longest_seconds: the same.
        last_failure: the key of the change that records the latest failure.
    """

    kind: HandlerKey
    step_name: str
    system: str
    attempts: int
    failed: int
    median_seconds: float | None
    longest_seconds: float | None
    last_failure: int | None


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How attempts went, by kind of step, the slowest by their median first.

    Attributes:
        limit: how many changes of steps, of whatever kind, are looked at at most.
        since: how far these reach back, where that is less than a day: attempts that ended before are not counted.
    """

    kinds: Sequence[AttemptKind]
    limit: int
    since: datetime | None


def latest_attempts(
    connection: sa.Connection, now: datetime, *, owners: Owners = None, limit: int = CHANGES_OF_SOME
) -> Attempts:
    """The attempts that ended within a day, and among the newest changes of steps: two statements."""
    key = table_of(WorkflowStepTransition).c.workflow_step_transition_id
    found = _by_kind(_timed(connection, now, owners, limit))
    return Attempts(
        kinds=[_kind(row) for row in connection.execute(_named(found))],
        limit=limit,
        since=reach(connection, key, now, limit=limit),
    )


def _named(found: sa.Subquery) -> sa.Select[Any]:
    kinds, steps, systems = table_of(NamedTask), table_of(NamedStep), table_of(DependentSystem)
    names = (kinds.c.namespace, kinds.c.name, kinds.c.version, steps.c.name.label("step_name"))
    return (
        sa.select(found, *names, systems.c.name.label("system"))
        .join(kinds, kinds.c.named_task_id == found.c.named_task_id)
        .join(steps, steps.c.named_step_id == found.c.named_step_id)
        .join(systems, systems.c.dependent_system_id == steps.c.dependent_system_id)
        .order_by(found.c.median.desc().nulls_last(), kinds.c.namespace, kinds.c.name, kinds.c.version, steps.c.name)
    )


def _kind(row: sa.Row[Any]) -> AttemptKind:
    return AttemptKind(
        kind=(row.namespace, row.name, row.version),
        step_name=row.step_name,
        system=row.system,
        attempts=row.attempts,
        failed=row.failed,
        median_seconds=row.median,
        longest_seconds=row.longest,
        last_failure=row.last_failure,
    )


def _newest(limit: int) -> sa.Subquery:
    """The newest changes of steps, each with the moment of the claim under the same token, where that is among them."""
    changes = table_of(WorkflowStepTransition)
    key = changes.c.workflow_step_transition_id
    failed, completed = is_failed(changes).label("failed"), is_completed(changes).label("completed")
    columns = (key, changes.c.workflow_step_id, changes.c.lease_token, changes.c.created_at, changes.c.to_status)
    newest = sa.select(*columns, failed, completed).order_by(key.desc()).limit(limit).subquery("newest")
    claimed = sa.case((newest.c.to_status == StepStatus.IN_PROGRESS, newest.c.created_at))
    under = [newest.c.workflow_step_id, newest.c.lease_token]
    return sa.select(newest, sa.func.min(claimed).over(partition_by=under).label("claimed_at")).subquery("paired")


def _timed(connection: sa.Connection, now: datetime, owners: Owners, limit: int) -> sa.Subquery:
    """The attempts that ended within the last day, and how long each took."""
    paired = _newest(limit)
    ended = (
        sa.select(paired)
        .where(sa.or_(paired.c.failed, paired.c.completed), paired.c.created_at > sa.literal(now - DAY, UtcDateTime))
        .subquery("ended")
    )
    steps, tasks = table_of(WorkflowStep), table_of(Task)
    step, rows = beside(connection, ended, key=steps.c.workflow_step_id, value=ended.c.workflow_step_id, name="step")
    task, rows = beside(connection, rows, key=tasks.c.task_id, value=step.c.task_id, name="task")
    # A claim may have been so long ago that it is not among them; the step knows its latest.
    latest = sa.case((step.c.last_attempted_at <= ended.c.created_at, step.c.last_attempted_at))
    seconds = seconds_between(sa.func.coalesce(ended.c.claimed_at, latest), ended.c.created_at)
    return (
        sa.select(
            task.c.named_task_id,
            step.c.named_step_id,
            ended.c.failed,
            ended.c.workflow_step_transition_id,
            seconds.label("seconds"),
        )
        .select_from(rows)
        .where(in_scope(task, owners))
        .subquery("timed")
    )


def _by_kind(timed: sa.Subquery) -> sa.Subquery:
    kind = [timed.c.named_task_id, timed.c.named_step_id]
    place = sa.func.row_number().over(partition_by=kind, order_by=timed.c.seconds.asc().nulls_last())
    known = sa.func.count(timed.c.seconds).over(partition_by=kind)
    ranked = sa.select(timed, place.label("place"), known.label("known")).subquery("ranked")
    # The one in the middle, or the two.
    middle = ranked.c.place.in_([(ranked.c.known + 1) // 2, (ranked.c.known + 2) // 2])
    return (
        sa.select(
            ranked.c.named_task_id,
            ranked.c.named_step_id,
            sa.func.count().label("attempts"),
            sa.func.sum(sa.case((ranked.c.failed, 1), else_=0)).label("failed"),
            sa.func.avg(sa.case((middle, ranked.c.seconds))).label("median"),
            sa.func.max(ranked.c.seconds).label("longest"),
            sa.func.max(sa.case((ranked.c.failed, ranked.c.workflow_step_transition_id))).label("last_failure"),
        )
        .group_by(ranked.c.named_task_id, ranked.c.named_step_id)
        .subquery("found")
    )
