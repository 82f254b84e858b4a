"""Deleting finished tasks, and keys whose time is up, a small batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ..lifecycle import TaskStatus
from ..models import IdempotencyKey, Task
from .clock import Clock
from .idempotency import is_old
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What became of one batch: how many tasks were deleted, how many are held by the host's rows, and the last key."""

    deleted: int
    held: int
    last: int | None


def purge_batch(
    connection: sa.Connection, clock: Clock, *, status: TaskStatus, older_than: float, after: int, limit: int
) -> Batch:
    """Delete tasks in a final ``status``, unchanged for ``older_than`` seconds, past key ``after``, with their rows.

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
            # One state at a time: the index of states has its tasks in the order of their keys, from the last one on.
            .where(tasks.c.task_id > after, _is_old(tasks, clock, status, older_than))
            .order_by(tasks.c.task_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    deleted = _delete(connection, keys)
    return Batch(deleted=deleted, held=len(keys) - deleted, last=keys[-1] if keys else None)


def count_old_tasks(connection: sa.Connection, clock: Clock, *, status: TaskStatus, older_than: float) -> int:
    """How many tasks in a final ``status`` are unchanged for ``older_than`` seconds; a foreign key of the host's may
    hold some of them."""
    tasks = table_of(Task)
    query = sa.select(sa.func.count()).select_from(tasks).where(_is_old(tasks, clock, status, older_than))
    return connection.scalars(query).one()


def count_old_keys(connection: sa.Connection, clock: Clock, *, older_than: float) -> int:
    """How many idempotency keys were taken ``older_than`` seconds ago or earlier."""
    keys = table_of(IdempotencyKey)
    query = sa.select(sa.func.count()).select_from(keys).where(is_old(keys, clock, older_than))
    return connection.scalars(query).one()


def purge_keys(connection: sa.Connection, clock: Clock, *, older_than: float, limit: int) -> int:
    """Delete idempotency keys that were taken ``older_than`` seconds ago or earlier, but none that is just being taken
    again; how many went."""
    keys = table_of(IdempotencyKey)
    old = connection.scalars(
        sa.select(keys.c.key_hash)
        .where(is_old(keys, clock, older_than))
        .order_by(keys.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if old:
        connection.execute(keys.delete().where(keys.c.key_hash.in_(old)))
    return len(old)


def _is_old(tasks: sa.Table, clock: Clock, status: TaskStatus, older_than: float) -> sa.ColumnElement[bool]:
    return sa.and_(tasks.c.status == status, tasks.c.updated_at < clock.after(-older_than))


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
