"""The declarative base of the stored things, apart from the host's, and column types that both databases share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

SQLITE_TIME = "%Y-%m-%d %H:%M:%S.%f"


class Base(DeclarativeBase):
    """Base of all tables; ``init_app`` copies them into the host's metadata."""

    metadata = sa.MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: ``timestamptz`` on PostgreSQL, text of a fixed width with milliseconds on SQLite.

    The text sorts as the moments do, and is what SQLite's ``strftime`` writes, so times are compared in SQL.
    """

    impl = sa.TIMESTAMP(timezone=True).with_variant(sa.String(23), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a moment without a time zone, which could mean any."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a datetime with a time zone, got {value!r}")
        if dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment, in UTC."""
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        moment: datetime | None = value
        return None if moment is None else moment.astimezone(UTC)


Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key: SQLite counts up only an INTEGER."""

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""JSON; Python's ``None`` is SQL's NULL."""
