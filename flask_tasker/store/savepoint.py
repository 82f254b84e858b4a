"""A part of a transaction that is written as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def all_or_none(connection: sa.Connection) -> Iterator[None]:
    """Take back what the block wrote where it raises, and only that: the transaction around it goes on."""
    begin_outright(connection)
    with connection.begin_nested():
        yield


def begin_outright(connection: sa.Connection) -> None:
    """Python's SQLite driver begins no transaction before a savepoint, whose release would commit what it holds.

    Immediately: a transaction that read before it writes would fail at once where another wrote in between.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
