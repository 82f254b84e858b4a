"""Writing what an operator says. The task is locked first, then its steps, as everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ..lifecycle import PROCESSED_STEP, StepStatus, TaskStatus
from ..models import NamedTask, Task, WorkflowStep
from ..typing import HandlerKey
from .clock import Clock
from .history import StepEntry, TaskEntry, append_step_entries, append_task_entries
from .tables import table_of

PARAMETERS: Final = 10_000
"""How many keys a statement is given at most: SQLite takes 32,766 parameters, psycopg 65,535."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who says it, and why."""

    name: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class LockedTask:
    """A task whose row is locked."""

    task_id: int
    status: TaskStatus
    handler: HandlerKey


@dataclass(frozen=True, kw_only=True)
class LockedStep:
    """A step whose row, and its task's, are locked."""

    step_id: int
    task_id: int
    name: str
    status: StepStatus
    attempts: int
    cancel_requested: bool


def lock_any_task(connection: sa.Connection, task_id: int) -> LockedTask | None:
    """Lock a task's row, whatever its state; ``None`` if there is no such task."""
    return next(iter(lock_tasks_where(connection, table_of(Task).c.task_id == task_id)), None)


def lock_tasks_where(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[LockedTask]:
    """Lock the tasks that ``conditions`` on them and their kind select, in the order of their keys."""
    tasks, kinds = table_of(Task), table_of(NamedTask)
    rows = connection.execute(
        sa.select(tasks.c.task_id, tasks.c.status, kinds.c.namespace, kinds.c.name, kinds.c.version)
        .join(kinds, kinds.c.named_task_id == tasks.c.named_task_id)
        .where(*conditions)
        .order_by(tasks.c.task_id)
        .with_for_update(of=tasks, key_share=True)
    )
    return [
        LockedTask(task_id=row.task_id, status=TaskStatus(row.status), handler=(row.namespace, row.name, row.version))
        for row in rows
    ]


def task_of_step(connection: sa.Connection, step_id: int) -> int | None:
    """The task that a step belongs to."""
    return connection.scalar(sa.select(WorkflowStep.task_id).where(WorkflowStep.workflow_step_id == step_id))


def lock_steps(
    connection: sa.Connection, task_ids: Sequence[int], *, statuses: Sequence[str], step_id: int | None = None
) -> list[LockedStep]:
    """Lock the steps of these tasks that are in one of ``statuses``, or one of them, in the order of their keys."""
    steps = table_of(WorkflowStep)
    query = (
        sa.select(
            steps.c.workflow_step_id,
            steps.c.task_id,
            steps.c.name,
            steps.c.status,
            steps.c.attempts,
            steps.c.cancel_requested_at,
        )
        .where(steps.c.task_id.in_(task_ids), steps.c.status.in_(statuses))
        .order_by(steps.c.workflow_step_id)
        .with_for_update(key_share=True)
    )
    if step_id is not None:
        query = query.where(steps.c.workflow_step_id == step_id)
    return [
        LockedStep(
            step_id=row.workflow_step_id,
            task_id=row.task_id,
            name=row.name,
            status=StepStatus(row.status),
            attempts=row.attempts,
            cancel_requested=row.cancel_requested_at is not None,
        )
        for row in connection.execute(query)
    ]


def move_steps(
    connection: sa.Connection,
    clock: Clock,
    steps: Sequence[LockedStep],
    *,
    target: StepStatus,
    actor: Actor,
    results: Any = None,
) -> None:
    """Take locked steps, none of which runs, to ``target``: pending is due now, with its attempts counted from 0."""
    if not steps:
        return
    table = table_of(WorkflowStep)
    again = target is StepStatus.PENDING
    values: dict[str, Any] = {
        "status": target,
        "results": results,
        "next_attempt_at": clock.now() if again else None,
        "processed_at": clock.now() if target in PROCESSED_STEP else None,
        "updated_at": clock.now(),
    }
    if again:
        values |= {"attempts": 0, "error": None, "backoff_request_seconds": None}
    for ids in _sliced([step.step_id for step in steps]):
        connection.execute(table.update().where(table.c.workflow_step_id.in_(ids)).values(**values))
    append_step_entries(connection, clock, [_entry(step, target, actor) for step in steps])


def ask_to_stop(connection: sa.Connection, clock: Clock, steps: Sequence[LockedStep], *, actor: Actor) -> None:
    """Ask running steps to stop: they are cancelled once their attempt or lease ends."""
    table = table_of(WorkflowStep)
    ids = [step.step_id for step in steps if not step.cancel_requested]
    for some in _sliced(ids):
        connection.execute(
            table.update()
            .where(table.c.workflow_step_id.in_(some))
            .values(
                cancel_requested_at=clock.now(),
                cancel_requested_by=actor.name,
                cancel_reason=actor.reason,
                updated_at=clock.now(),
            )
        )


def _sliced(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[first : first + PARAMETERS] for first in range(0, len(ids), PARAMETERS)]


def is_asked_to_stop(connection: sa.Connection, step_id: int) -> bool:
    """Whether someone has asked a running step to stop."""
    steps = table_of(WorkflowStep)
    query = sa.select(steps.c.cancel_requested_at).where(steps.c.workflow_step_id == step_id)
    return connection.scalar(query) is not None


def move_tasks(
    connection: sa.Connection, clock: Clock, tasks: Sequence[LockedTask], *, target: TaskStatus, actor: Actor
) -> None:
    """Take locked tasks to ``target``, which is no state of completion."""
    if not tasks:
        return
    table = table_of(Task)
    ids = [task.task_id for task in tasks]
    connection.execute(table.update().where(table.c.task_id.in_(ids)).values(status=target, updated_at=clock.now()))
    append_task_entries(
        connection,
        clock,
        [
            TaskEntry(task_id=task.task_id, source=task.status, target=target, actor=actor.name, reason=actor.reason)
            for task in tasks
        ],
    )


def _entry(step: LockedStep, target: StepStatus, actor: Actor) -> StepEntry:
    return StepEntry(
        step_id=step.step_id,
        source=step.status,
        target=target,
        attempt=step.attempts,
        actor=actor.name,
        reason=actor.reason,
    )
