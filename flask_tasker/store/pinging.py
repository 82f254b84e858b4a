"""Connections that were cut while they lay in the pool: found out before they are used, at no cost under load."""

from __future__ import annotations

import time
from typing import Any, Final

import sqlalchemy as sa

PAUSE_SECONDS: Final = 1.0
_SINCE: Final = "flask_tasker.idle_since"


def ping_after_a_pause(engine: sa.Engine) -> None:
    """Have a connection of ``engine`` that has lain idle for a second asked whether it is there before it is used.

    A statement that starts a task is not to be run again after a connection that broke, so it had better not break.
    """

    @sa.event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get(_SINCE)
        if since is None or time.monotonic() - since < PAUSE_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            # The pool makes another one.
            raise sa.exc.DisconnectionError
