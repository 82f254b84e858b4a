"""Keys under which a request is made once: taking one, and what it was used for."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..models import IdempotencyKey
from .clock import Clock
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class UsedKey:
    """What a key was used for, and the task that came of it."""

    request_hash: str
    task_id: int


def take_key(
    connection: sa.Connection, clock: Clock, *, key_hash: str, request_hash: str, seconds: float
) -> UsedKey | None:
    """Take a key that is free, or was taken ``seconds`` ago or earlier; where it stands, what it was used for.

    On PostgreSQL it waits for a transaction that takes the same one. A key that stands is locked meanwhile, though not
    changed, so that it is still there when it is read.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    keys = table_of(IdempotencyKey)
    given = {"request_hash": request_hash, "task_id": None, "created_at": clock.now()}
    statement = (
        dialect.insert(keys)
        .values(key_hash=key_hash, **given)
        .on_conflict_do_update(index_elements=["key_hash"], set_=given, where=is_old(keys, clock, seconds))
        .returning(keys.c.key_hash)
    )
    if connection.execute(statement).one_or_none() is not None:
        return None
    # Whatever its age by now: it stood when it was asked for.
    return _used(connection.execute(_query(key_hash)).one())


def note_task(connection: sa.Connection, *, key_hash: str, task_id: int) -> None:
    """Say which task came of a key that this transaction has taken."""
    keys = table_of(IdempotencyKey)
    connection.execute(keys.update().where(keys.c.key_hash == key_hash).values(task_id=task_id))


def used_key(connection: sa.Connection, clock: Clock, *, key_hash: str, seconds: float) -> UsedKey | None:
    """What a key was used for that was taken less than ``seconds`` ago; ``None`` where it is free."""
    query = _query(key_hash).where(~is_old(table_of(IdempotencyKey), clock, seconds))
    row = connection.execute(query).one_or_none()
    return None if row is None else _used(row)


def is_old(keys: sa.Table, clock: Clock, seconds: float) -> sa.ColumnElement[bool]:
    """Whether a key was taken ``seconds`` ago or earlier."""
    return keys.c.created_at <= clock.after(-seconds)


def _query(key_hash: str) -> sa.Select[str, int | None]:
    keys = table_of(IdempotencyKey)
    return sa.select(keys.c.request_hash, keys.c.task_id).where(keys.c.key_hash == key_hash)


def _used(row: sa.Row[str, int | None]) -> UsedKey:
    return UsedKey(request_hash=row.request_hash, task_id=row.task_id)
