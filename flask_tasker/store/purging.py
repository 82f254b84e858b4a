"""Deleting finished tasks, a small batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ..models import Task
from .clock import Clock
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What became of one batch: how many tasks were deleted, how many are held by the host's rows, and the last key."""

    deleted: int
    held: int
    last: int | None


def purge_batch(
    connection: sa.Connection, clock: Clock, *, statuses: Sequence[str], older_than: float, after: int, limit: int
) -> Batch:
    """Delete finished tasks that have not changed for ``older_than`` seconds, past key ``after``; their rows go along.

    Locked rows are skipped; the others are locked, so that what is deleted is still what was asked for. A task that a
    foreign key of the host's holds is left, and counted.
    """
    if connection.dialect.name == "postgresql":
        # A deferred foreign key of the host's would speak up only at the commit, and take the whole batch back.
        connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    tasks = table_of(Task)
    keys: list[int] = list(
        connection.scalars(
            sa.select(tasks.c.task_id)
            .where(tasks.c.task_id > after, tasks.c.status.in_(statuses), tasks.c.updated_at < clock.after(-older_than))
            .order_by(tasks.c.task_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    deleted = _delete(connection, keys)
    return Batch(deleted=deleted, held=len(keys) - deleted, last=keys[-1] if keys else None)


def _delete(connection: sa.Connection, keys: Sequence[int]) -> int:
    """Delete these tasks; where the host's rows hold one of them, in halves, so that the others still go."""
    if not keys:
        return 0
    tasks = table_of(Task)
    try:
        with connection.begin_nested():
            connection.execute(tasks.delete().where(tasks.c.task_id.in_(keys)))
        return len(keys)
    except IntegrityError:
        if len(keys) == 1:
            return 0
        middle = len(keys) // 2
        return _delete(connection, keys[:middle]) + _delete(connection, keys[middle:])
