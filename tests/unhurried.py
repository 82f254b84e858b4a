"""A machine that many tests share may let a thread stand still for seconds, in the middle of a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def unhurried(engine: sa.Engine) -> Iterator[None]:
    """Let transactions of ``engine`` stand still for as long as they have to: the server ends none of them for that."""

    def wait(connection: sa.Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    sa.event.listen(engine, "begin", wait)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", wait)
