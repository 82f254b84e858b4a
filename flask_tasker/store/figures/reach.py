"""How far the newest changes of state reach back."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from .buckets import DAY


def reach(connection: sa.Connection, key: sa.Column[int], now: datetime, *, limit: int) -> datetime | None:
    """When the last of the newest ``limit`` changes was, if that is within the day, and there are more: one statement.

    ``key`` is that of their table.
    """
    newest = sa.select(key.table.c.created_at).order_by(key.desc())
    last, *more = connection.scalars(newest.offset(limit - 1).limit(2)).all() or [now - DAY]
    return last if more and last > now - DAY else None
