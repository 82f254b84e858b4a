"""Connections that were cut while they lay in the pool: found out before they are used, at no cost under load."""

from __future__ import annotations

import time
from typing import Any, Final

import sqlalchemy as sa

PAUSE_SECONDS: Final = 1.0
_SINCE: Final = "flask_tasker.idle_since"


def note_pauses(engine: sa.Engine) -> None:
    """Have it noted of each connection of ``engine`` since when it lies idle."""

    @sa.event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()


def ping_after_a_pause(connection: sa.Connection) -> None:
    """Ask a connection that has lain idle for a second whether it is there, and take another one if it is not.

    A statement that starts a task is not to be run again after a connection that broke, so it had better not break.
    """
    while not _is_there(connection):
        connection.invalidate()


def _is_there(connection: sa.Connection) -> bool:
    since = connection.info.get(_SINCE)
    if since is None or time.monotonic() - since < PAUSE_SECONDS:
        return True
    dialect, raw = connection.dialect, connection.connection.dbapi_connection
    try:
        return raw is None or dialect.do_ping(raw)
    except dialect.loaded_dbapi.Error:
        return False
