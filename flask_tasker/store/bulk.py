"""Tasks that a filter selects, and their locks: as many statements for a hundred as for one."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..models import Task
from .reading import TaskFilter, conditions
from .verbs import LockedTask, lock_tasks_where


def selected_tasks(connection: sa.Connection, which: TaskFilter, *, statuses: Sequence[str], limit: int) -> list[int]:
    """Keys of tasks that ``which`` selects and that are in one of ``statuses``, in order."""
    query = (
        sa.select(Task.task_id)
        .where(Task.status.in_(statuses), *conditions(connection, which))
        .order_by(Task.task_id)
        .limit(limit)
    )
    return list(connection.scalars(query))


def lock_tasks(connection: sa.Connection, which: TaskFilter, task_ids: Sequence[int]) -> list[LockedTask]:
    """Lock those of these tasks that ``which`` still selects, whatever their state, in the order of their keys."""
    return lock_tasks_where(connection, Task.task_id.in_(task_ids), *conditions(connection, which))
