"""Whether a task has come to its end, and writing it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from ..lifecycle import OPEN_STEP, OPEN_TASK, StepStatus, TaskStatus
from ..models import Task, WorkflowStep
from .by_key import constant, is_any_set, state_in
from .clock import Clock
from .history import TaskEntry, append_task_entries
from .moments import present, reading_of
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is left of a task: steps that can be claimed, now or later; that run, if none can be; that are not done."""

    claimable: bool
    running: bool
    any_open: bool

    @property
    def any_can_run(self) -> bool:
        """Whether something will still happen by itself."""
        return self.claimable or self.running


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A task that came to its end: the state it had, the one it has, and how many seconds after it was created."""

    source: TaskStatus
    target: TaskStatus
    seconds: float


def task_outlook(connection: sa.Connection, task_id: int) -> Outlook:
    """What is left of a task; reads its open steps only."""
    row = connection.execute(_outlook(), {"this_task": task_id}).one()
    return Outlook(claimable=row.claimable, running=row.running, any_open=row.any_open)


def lock_task(connection: sa.Connection, task_id: int, *, wait: bool) -> TaskStatus | None:
    """Lock the row of an open task and give back its state; ``None`` where it is final, or locked and not waited for.

    Who already holds locks on steps must not wait: everywhere else the task is locked first.
    """
    status = connection.scalar(_locked(wait=wait), {"this_task": task_id})
    return None if status is None else TaskStatus(status)


def settle_task(
    connection: sa.Connection, clock: Clock, *, task_id: int, source: TaskStatus, target: TaskStatus, actor: str
) -> Settled:
    """Write the end of a task whose row is locked."""
    ended = _ended(completed=target is TaskStatus.COMPLETE)
    row = connection.execute(ended, {"this_task": task_id, "status": target, **reading_of(clock)}).one()
    append_task_entries(connection, clock, [TaskEntry(task_id=task_id, source=source, target=target, actor=actor)])
    return Settled(source=source, target=target, seconds=(row.updated_at - row.created_at).total_seconds())


def waiting_steps_of(task_id: int) -> sa.Select[tuple[int]]:
    """The steps of a task that wait and are not marked ready."""
    steps = table_of(WorkflowStep)
    return sa.select(steps.c.workflow_step_id).where(
        steps.c.task_id == task_id,
        steps.c.status == StepStatus.PENDING,
        steps.c.next_attempt_at.is_(None),
    )


@cache
def _outlook() -> sa.Select[Any]:
    steps = table_of(WorkflowStep)
    mine = (steps.c.task_id == sa.bindparam("this_task"), steps.c.status.in_(map(constant, OPEN_STEP)))
    claimable = sa.exists().where(*mine, is_any_set(steps.c.next_attempt_at))
    # Of a wide fan, many may wait where none runs: they are gone through only if nothing else keeps the task going.
    running = sa.case((claimable, sa.false()), else_=sa.exists().where(*mine, is_any_set(steps.c.leased_until)))
    return sa.select(
        claimable.label("claimable"),
        running.label("running"),
        sa.exists().where(*mine).label("any_open"),
    )


@cache
def _locked(*, wait: bool) -> sa.Select[Any]:
    tasks = table_of(Task)
    return (
        sa.select(tasks.c.status)
        .where(tasks.c.task_id == sa.bindparam("this_task"), state_in(tasks.c.status, OPEN_TASK))
        .with_for_update(skip_locked=not wait, key_share=True)
    )


@cache
def _ended(*, completed: bool) -> sa.Executable:
    tasks = table_of(Task)
    return (
        tasks.update()
        .where(tasks.c.task_id == sa.bindparam("this_task"))
        .values(completed_at=present() if completed else None, updated_at=present())
        .returning(tasks.c.created_at, tasks.c.updated_at)
    )
