"""The database's clock in a statement that is built once, and run with a clock's reading as its parameters.

Building a statement costs SQLAlchemy more than running it; one that is kept also keeps its key in the cache of compiled
statements. So those of the hot path are built once, by functions that are cached on what shapes them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ..models import UtcDateTime
from .clock import Clock, Moment


def present() -> Moment:
    """The present, read when the statement runs."""
    return _read(_still(), _ahead())


def later(seconds: str) -> Moment:
    """So many seconds, a parameter, from the present."""
    return _read(_still(), _ahead() + sa.bindparam(seconds, type_=sa.Float))


def reading_of(clock: Clock) -> dict[str, Any]:
    """The parameters of a statement that asks for the present, or for a moment after it."""
    still, ahead = clock.reading()
    return {"still": still, "ahead": ahead}


def _still() -> sa.BindParameter[datetime]:
    return sa.bindparam("still", type_=UtcDateTime)


def _ahead() -> sa.BindParameter[float]:
    return sa.bindparam("ahead", type_=sa.Float)


class _read(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """Where the clock stands still, or else the database's time; plus seconds."""

    name = "read"
    type = UtcDateTime()
    inherit_cache = True


@compiles(_read, "postgresql")
def _on_postgresql(element: _read, compiler: Any, **options: Any) -> str:
    # As in clock.py: a scalar subquery, so that an index can be compared with it.
    still, seconds = (compiler.process(part, **options) for part in element.clauses)
    now = f"coalesce(CAST({still} AS TIMESTAMP WITH TIME ZONE), clock_timestamp())"
    return f"(SELECT {now} + make_interval(secs => {seconds}))"


@compiles(_read, "sqlite")
def _on_sqlite(element: _read, compiler: Any, **options: Any) -> str:
    still, seconds = (compiler.process(part, **options) for part in element.clauses)
    return f"strftime('%Y-%m-%d %H:%M:%f', coalesce({still}, 'now'), printf('%+.3f seconds', {seconds}))"
