"""Tasks that a filter selects, locked and moved together: as many statements for a hundred as for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from ..lifecycle import StepStatus, TaskStatus
from ..models import NamedTask, Task, TaskTransition, WorkflowStep
from .clock import Clock
from .reading import TaskFilter
from .tables import table_of
from .verbs import Actor, LockedStep, LockedTask


def selected_tasks(connection: sa.Connection, which: TaskFilter, *, statuses: Sequence[str], limit: int) -> list[int]:
    """Keys of tasks that ``which`` selects and that are in one of ``statuses``, in order."""
    query = (
        sa.select(Task.task_id)
        .join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        .where(Task.status.in_(statuses), *which.conditions(connection.dialect.name))
        .order_by(Task.task_id)
        .limit(limit)
    )
    return list(connection.scalars(query))


def lock_tasks(connection: sa.Connection, which: TaskFilter, task_ids: Sequence[int]) -> list[LockedTask]:
    """Lock those of these tasks that ``which`` still selects, whatever their state, in the order of their keys."""
    rows = connection.execute(
        sa.select(Task.task_id, Task.status, NamedTask.namespace, NamedTask.name, NamedTask.version)
        .join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        .where(Task.task_id.in_(task_ids), *which.conditions(connection.dialect.name))
        .order_by(Task.task_id)
        .with_for_update(of=Task, key_share=True)
    )
    return [
        LockedTask(task_id=row.task_id, status=TaskStatus(row.status), handler=(row.namespace, row.name, row.version))
        for row in rows
    ]


def lock_steps_of(
    connection: sa.Connection, task_ids: Sequence[int], *, statuses: Sequence[str]
) -> Mapping[int, Sequence[LockedStep]]:
    """Lock the steps of these tasks that are in one of ``statuses``, in the order of their keys; by task."""
    steps = table_of(WorkflowStep)
    rows = connection.execute(
        sa.select(
            steps.c.task_id,
            steps.c.workflow_step_id,
            steps.c.name,
            steps.c.status,
            steps.c.attempts,
            steps.c.cancel_requested_at,
        )
        .where(steps.c.task_id.in_(task_ids), steps.c.status.in_(statuses))
        .order_by(steps.c.workflow_step_id)
        .with_for_update(key_share=True)
    )
    found: dict[int, list[LockedStep]] = {}
    for row in rows:
        step = LockedStep(
            step_id=row.workflow_step_id,
            name=row.name,
            status=StepStatus(row.status),
            attempts=row.attempts,
            cancel_requested=row.cancel_requested_at is not None,
        )
        found.setdefault(row.task_id, []).append(step)
    return found


def move_tasks(
    connection: sa.Connection, clock: Clock, tasks: Sequence[LockedTask], *, target: TaskStatus, actor: Actor
) -> None:
    """Take locked tasks to ``target``, none of which is a state of completion."""
    if not tasks:
        return
    table, lines = table_of(Task), table_of(TaskTransition)
    ids = [task.task_id for task in tasks]
    connection.execute(table.update().where(table.c.task_id.in_(ids)).values(status=target, updated_at=clock.now()))
    connection.execute(
        lines.insert().values(created_at=clock.now()),
        [
            {
                "task_id": task.task_id,
                "from_status": task.status,
                "to_status": target,
                "actor": actor.name,
                "reason": actor.reason,
            }
            for task in tasks
        ],
    )
