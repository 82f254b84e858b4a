"""One clock: the database's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ..models import UtcDateTime

Moment = sa.ColumnElement[datetime]


class Clock(Protocol):
    """Gives SQL expressions for moments; never a moment of this process."""

    def now(self) -> Moment:
        """The present."""
        ...

    def after(self, seconds: float) -> Moment:
        """So many seconds from the present; negative is the past."""
        ...

    def reading(self) -> tuple[datetime | None, float]:
        """For prepared statements: where the clock stands still, if it does, and its offset in seconds."""
        ...


@dataclass(frozen=True)
class DatabaseClock:
    """The database's wall clock; ``offset`` seconds ahead of it, for tests that move time."""

    offset: float = 0.0

    def now(self) -> Moment:
        """The present, read when the statement runs."""
        return _moment(sa.literal(self.offset, sa.Float))

    def after(self, seconds: float) -> Moment:
        """So many seconds from the present."""
        return _moment(sa.literal(self.offset + seconds, sa.Float))

    def reading(self) -> tuple[datetime | None, float]:
        """It runs, ahead of the database's by its offset."""
        return None, self.offset


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests."""

    moment: datetime

    def now(self) -> Moment:
        """The moment at which it stands."""
        return sa.literal(self.moment, UtcDateTime)

    def after(self, seconds: float) -> Moment:
        """So many seconds from that moment."""
        return sa.literal(self.moment + timedelta(seconds=seconds), UtcDateTime)

    def reading(self) -> tuple[datetime | None, float]:
        """It stands still."""
        return self.moment, 0.0


def time_now(connection: sa.Connection, clock: Clock) -> datetime:
    """The present, for whoever calculates with it: one statement."""
    return connection.scalars(sa.select(clock.now())).one()


class _moment(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The database's time, plus seconds."""

    name = "moment"
    type = UtcDateTime()
    inherit_cache = True


@compiles(_moment, "postgresql")
def _on_postgresql(element: _moment, compiler: Any, **options: Any) -> str:
    # now() would stand still within a transaction. The scalar subquery is evaluated once, so that an index on a column
    # can be compared with it; a bare volatile function could only filter row by row.
    seconds = compiler.process(element.clauses, **options)
    return f"(SELECT clock_timestamp() + make_interval(secs => {seconds}))"


@compiles(_moment, "sqlite")
def _on_sqlite(element: _moment, compiler: Any, **options: Any) -> str:
    # Fixed width with milliseconds: the text that UtcDateTime stores. printf, since 1e-05 is no modifier.
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f', 'now', printf('%+.3f seconds', {seconds}))"


class seconds_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function it is
    """Seconds from one moment to another; NULL where one of them is."""

    name = "seconds_between"
    type = sa.Float()
    inherit_cache = True


@compiles(seconds_between, "postgresql")
def _between_on_postgresql(element: seconds_between, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(part, **options) for part in element.clauses)
    return f"CAST(extract(epoch FROM ({end} - {start})) AS DOUBLE PRECISION)"


@compiles(seconds_between, "sqlite")
def _between_on_sqlite(element: seconds_between, compiler: Any, **options: Any) -> str:
    # Days as floating-point numbers are exact to a twentieth of a millisecond; the texts have whole ones.
    start, end = (compiler.process(part, **options) for part in element.clauses)
    return f"round((julianday({end}) - julianday({start})) * 86400.0, 3)"
