"""Engines that heed the deadline of the thread that uses them (``store/deadline.py``), and are as ever without one.

Four waits have an end: for a connection of the pool, for a new one, for each statement by the server's own clock, and,
since a server may be frozen, for whatever comes over the connection.
"""

from __future__ import annotations

import math
import os
import time
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

from ..errors import UnavailableError
from .cutting import Cutter
from .deadline import refuse_late, seconds_in_all, seconds_left, unbounded

GRACE_SECONDS: Final = 0.5
"""How long the server's own timeout has, before the connection is cut; a connection that was cut is lost."""
LEAST_CONNECT_SECONDS: Final = 2
"""Below that libpq rounds up."""
DRIVERS: Final = ("psycopg2", "psycopg")
_TIMEOUT: Final = "flask_tasker.timeout"

_cutter = Cutter()


def heed_deadlines(engine: sa.Engine, *, host: sa.Engine, busy_ms: int = 0, shares_connections: bool = False) -> None:
    """Let ``engine``, whose connections are made as ``host`` makes them, heed the deadlines of threads.

    ``busy_ms`` is how long SQLite waits for a lock without one. With ``shares_connections`` a pooler in between hands
    the server's connections to others after each transaction: then nothing is set for longer than that.
    """
    engine.pool.__class__ = _bounded(type(engine.pool))
    sa.event.listen(engine, "connect", _watch, insert=True)
    for event in ("checkin", "invalidate", "close"):
        sa.event.listen(engine, event, _release)
    if engine.dialect.name == "sqlite":
        _bound_locks(engine, busy_ms)
    elif engine.dialect.name == "postgresql":
        if shares_connections:
            sa.event.listen(engine, "begin", _bound_transaction)
        else:
            sa.event.listen(engine, "checkout", _bound_statements)
        if not sa.event.contains(host, "do_connect", _connect_in_time):
            sa.event.listen(host, "do_connect", _connect_in_time, insert=True)


def _bounded(kind: type[Pool]) -> type[Pool]:
    """The class of pools ``kind``, in which nobody waits for a connection past a deadline, nor uses one."""

    class Bounded(kind):  # type: ignore[misc, valid-type]
        @property
        def _timeout(self) -> float:
            own: float = self.__dict__["_timeout"]
            return max(0.0, min(own, seconds_left()))

        @_timeout.setter
        def _timeout(self, seconds: float) -> None:
            self.__dict__["_timeout"] = seconds

        def _do_get(self) -> Any:
            refuse_late()
            entry = super()._do_get()
            # Already here: the pool may ask whether the connection is there before it tells anybody that it is taken.
            _watch(entry.dbapi_connection)
            return entry

        def recreate(self) -> Any:
            with unbounded():  # it is to have the timeout that this one was given
                return super().recreate()

    return Bounded


def _watch(connection: Any, _record: Any = None) -> None:
    left = seconds_left()
    if connection is not None and not math.isinf(left):
        _cutter.watch(connection, until=time.monotonic() + max(left, 0.0) + GRACE_SECONDS)


def _release(connection: Any, *_more: Any) -> None:
    _cutter.release(connection)


def _connect_in_time(dialect: Any, record: Any, cargs: Any, cparams: Any) -> Any:
    """Of the host's engine: only where the thread has a deadline, and so is a request of the API's."""
    left, in_all = seconds_left(), seconds_in_all()
    if in_all is None or dialect.driver not in DRIVERS:
        return None
    if left < min(1.0, in_all / 2):
        raise UnavailableError(f"no time is left to connect to the database: {left:.3f} of {in_all} seconds")
    # Copies: some versions of SQLAlchemy keep what is changed here for all later connections.
    arguments, options = list(cargs), dict(cparams)
    for listener in dialect.dispatch.do_connect:
        if listener is not _connect_in_time:
            # The host's own, such as one that fetches a password: connecting here, they would not be called.
            made = listener(dialect, record, arguments, options)
            if made is not None:
                return made
    patience = max(LEAST_CONNECT_SECONDS, int(left))
    options["connect_timeout"] = min(int(options.get("connect_timeout") or patience), patience)
    return dialect.connect(*arguments, **options)


def _bound_statements(connection: Any, record: Any, _proxy: Any) -> None:
    """For as long as the connection is in such hands, so that one statement more is needed only when these change."""
    in_all = seconds_in_all()
    wanted = "DEFAULT" if in_all is None else str(math.ceil(in_all * 1_000))
    if record.info.get(_TIMEOUT, "DEFAULT") == wanted:
        return
    try:
        cursor = connection.cursor()
        cursor.execute(f"SET statement_timeout = {wanted}")
        cursor.close()
        connection.commit()
    except Exception as error:
        # Cut while nobody used it: the pool takes another one.
        raise DisconnectionError("the connection was lost while it was idle") from error
    record.info[_TIMEOUT] = wanted


def _bound_transaction(connection: sa.Connection) -> None:
    left = seconds_left()
    if not math.isinf(left):
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, math.ceil(left * 1_000))}")


def _bound_locks(engine: sa.Engine, usual: int) -> None:
    def bound(connection: Any, record: Any, _proxy: Any = None) -> None:
        left = seconds_left()
        wanted = usual if math.isinf(left) else min(usual, max(1, math.ceil(left * 1_000)))
        if record.info.get(_TIMEOUT) != wanted:
            connection.execute(f"PRAGMA busy_timeout={wanted}").close()
            record.info[_TIMEOUT] = wanted

    # On a new connection too, before anything else is asked of it.
    sa.event.listen(engine, "connect", bound, insert=True)
    sa.event.listen(engine, "checkout", bound)


os.register_at_fork(after_in_child=_cutter.in_child)
