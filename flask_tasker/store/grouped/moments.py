"""The database's clock in a prepared statement: read once, and standing still where a test's clock does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ...models import UtcDateTime


def moment() -> sa.CTE:
    """One row with ``now``; its parameters are a clock's reading."""
    still = sa.cast(sa.bindparam("still"), sa.TIMESTAMP(timezone=True))
    now = sa.func.coalesce(still, sa.func.clock_timestamp()) + _interval("ahead")
    return sa.select(sa.type_coerce(now, UtcDateTime).label("now")).cte("moment")


def later(now: sa.ColumnElement[Any], seconds: str) -> sa.ColumnElement[Any]:
    """``now`` and so many seconds, a parameter."""
    return now + _interval(seconds)


def _interval(seconds: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.bindparam(seconds), sa.Float(53)) * sa.literal_column("interval '1 second'", sa.Interval)
