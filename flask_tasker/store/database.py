"""The engine's own way to the database: pool, transactions, and the facts of the two dialects."""

from __future__ import annotations

import sqlite3
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool, Pool, QueuePool

from ..chance import jitter
from .bounding import heed_deadlines
from .clock import Clock, DatabaseClock
from .deadline import refuse_late, seconds_left
from .dialects import can_prepare
from .forking import prepare_for_forks, reading
from .pinging import note_pauses, ping_after_a_pause
from .sharing import in_shared_transaction, in_transaction

T = TypeVar("T")

TRIES: Final = 6
LONGEST_PAUSE: Final = 2.0
QUICK_SECONDS: Final = 1.0
READ_PATIENCE: Final = 5.0
AWAY: Final = ("57P", "08", "53300", "25006")
"""PostgreSQL's codes for: stopping or starting, connection broken, no connection left, turned into a standby."""
READ_ONLY: Final = "tasker_read_only"
SQLITE_BUSY_MS: Final = 30_000
LONGEST_IDLE_MS: Final = 5_000
"""How long a transaction of the engine's may stand still between two statements."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """The engine that holds the tables, and the clock by which they live.

    Attributes:
        swift: the engine of the hot path's prepared statements, where the database has any: each is a transaction.
    """

    engine: sa.Engine
    clock: Clock = field(default_factory=DatabaseClock)
    swift: sa.Engine | None = None
    _kept: dict[Pool, sa.Connection] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the tables are in SQLite: one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @property
    def is_shared_connection(self) -> bool:
        """Whether every thread gets one and the same connection: SQLite in memory."""
        return is_in_memory(self.engine.url)

    def transaction(self, work: Callable[[sa.Connection], T], *, outlast: float = 0.0) -> T:
        """Run ``work`` in a transaction of its own; again after a deadlock, a lock or a failed serialisation.

        ``work`` must be safe to run again after a rollback. With ``outlast`` it is run again for so many seconds while
        the database is away; then it must also be safe to run again after a commit whose answer was lost. On SQLite
        such work of several threads, which would wait for each other, shares a transaction.
        """
        run = in_shared_transaction if outlast > 0 else in_transaction
        return self._again(partial(run, self.engine, work), outlast=outlast)

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run ``work``, which only reads, on a connection that takes no write lock."""
        if self.is_shared_connection:
            return work(self._lasting())

        def run() -> T:
            with (
                reading(self.engine),
                self.engine.connect().execution_options(**{READ_ONLY: True}) as connection,
            ):
                return work(connection)

        return self._again(run, outlast=READ_PATIENCE)

    def once(self, work: Callable[[sa.Connection], T], *, ping: bool = False) -> T:
        """Run ``work``, one prepared statement that is a transaction of its own; it is not run again.

        With ``ping``, not on a connection that has been cut while nobody used it.
        """
        if self.swift is None:
            raise LookupError("this database has no prepared statements")
        with self.swift.connect() as connection:
            if ping:
                ping_after_a_pause(connection)
            return work(connection)

    def _again(self, run: Callable[[], T], *, outlast: float) -> T:
        """Run until it succeeds, or fails in a way, or for a time, that running it again will not mend."""
        conflicts = absences = 0
        give_up = time.monotonic() + outlast
        refuse_late()
        while True:
            begun = time.monotonic()
            try:
                return run()
            except (DBAPIError, PoolTimeoutError) as error:
                in_time = time.monotonic() < give_up
                left = seconds_left()
                if left <= 0:
                    raise
                if is_away(error) and in_time:
                    absences += 1
                elif is_transient(error, waited=time.monotonic() - begun) and (conflicts + 1 < TRIES or in_time):
                    conflicts += 1
                else:
                    raise
                pause = jitter.uniform(0, 0.01) * 2 ** min(10, conflicts + absences)
                time.sleep(min(LONGEST_PAUSE, pause, left))

    def _lasting(self) -> sa.Connection:
        """Of SQLite in memory, a reader that stays: a pool rolls back what is given back, and with the only connection
        there is it would undo what the host's session has written."""
        pool = self.engine.pool
        if pool not in self._kept:
            self._kept.clear()
            self._kept[pool] = self.engine.connect()
        return self._kept[pool]

    def at(self, clock: Clock) -> Database:
        """The same database under another clock."""
        return replace(self, clock=clock)


def is_transient(error: DBAPIError | PoolTimeoutError, *, waited: float = 0.0) -> bool:
    """Whether the same transaction may succeed when it is run again.

    SQLite's "database is locked" may, unless the busy timeout has been ``waited`` for already: then the lock is held
    for long, perhaps by the caller's own session.
    """
    if isinstance(error, PoolTimeoutError):
        return False
    if code_of(error) in ("40001", "40P01"):
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig) and waited < QUICK_SECONDS


def is_away(error: DBAPIError | PoolTimeoutError) -> bool:
    """Whether the server could not be reached, had no connection to give, or the connection broke."""
    if isinstance(error, PoolTimeoutError) or error.connection_invalidated:
        return True
    # No driver has a code for a connection that was never made, and PostgreSQL says 57P0x while it starts or stops.
    code = code_of(error)
    return isinstance(error, OperationalError) if code is None else code.startswith(AWAY)


def code_of(error: DBAPIError) -> str | None:
    """PostgreSQL's code (SQLSTATE) of an error; ``None`` where its driver has none, and nothing of other databases."""
    code: str | None = getattr(error.orig, "sqlstate", getattr(error.orig, "pgcode", ""))
    return code


def is_in_memory(url: sa.URL) -> bool:
    """Whether ``url`` names SQLite without a file."""
    if url.get_backend_name() != "sqlite":
        return False
    return url.database in (None, "", ":memory:") or "mode=memory" in str(url.database)


def engine_beside(host: sa.Engine, *, shares_connections: bool = False) -> sa.Engine:
    """An engine of our own on the host's database: connections made as the host makes its own, in a pool apart.

    So a handler that holds all of the host's connections keeps no outcome from being recorded, and what the engine asks
    of its connections (immediate transactions on SQLite) does not touch the host's. SQLite in memory has only the
    host's. With ``shares_connections`` a pooler in between hands the server's connections to others after each
    transaction, with what was set on them.
    """
    if is_in_memory(host.url):
        return host
    # What a statement was given may be anybody's secret, and an error's text ends up in a log.
    options: dict[str, Any] = {"hide_parameters": True}
    if host.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"
    if isinstance(host.pool, QueuePool | NullPool):
        options["pool"] = host.pool.recreate()
    engine = sa.create_engine(host.url, **options)
    if host.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    elif host.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _bound_transactions)
        if not shares_connections:
            sa.event.listen(engine, "connect", _prefer_indexes)
    heed_deadlines(engine, host=host, busy_ms=SQLITE_BUSY_MS, shares_connections=shares_connections)
    prepare_for_forks(engine)
    _dispose_with(host, engine)
    return engine


def swift_engine(host: sa.Engine) -> sa.Engine | None:
    """An engine for prepared statements, each a transaction of its own, in a small pool apart; PostgreSQL only.

    Their plans are made once, perhaps while the tables are young and without statistics, and must not flip: every
    statement goes by keys and indexes, row by row.
    """
    if not can_prepare(host):
        return None
    engine = sa.create_engine(host.url, isolation_level="AUTOCOMMIT", pool=host.pool.recreate(), hide_parameters=True)
    sa.event.listen(engine, "connect", _keep_plans)
    heed_deadlines(engine, host=host)
    note_pauses(engine)
    prepare_for_forks(engine)
    _dispose_with(host, engine)
    return engine


def _dispose_with(host: sa.Engine, engine: sa.Engine) -> None:
    """Close what ``engine`` has in its pool when the host closes its own: nobody else knows of it."""
    reference = weakref.ref(engine)

    def dispose(_host: sa.Engine) -> None:
        kept = reference()
        if kept is not None:
            kept.dispose()

    sa.event.listen(host, "engine_disposed", dispose)


def _keep_plans(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config(name, value, false) FROM (VALUES ('plan_cache_mode', 'force_generic_plan'), "
        "('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('jit', 'off')) "
        "AS settings (name, value)"
    )
    cursor.close()


def _bound_transactions(connection: Any, _record: Any) -> None:
    """A worker that is frozen in the middle of a transaction must not hold its locks, and with them everybody else."""
    _set(connection, idle_in_transaction_session_timeout=str(LONGEST_IDLE_MS))


def _prefer_indexes(connection: Any, _record: Any) -> None:
    """Whatever is asked here, by the API too, goes by an index where there is one: of a table without statistics the
    planner does not know how large it has grown, and reads it from end to end. What has no index looks dear then, but
    is not worth compiling."""
    _set(connection, enable_seqscan="off", jit="off")


def _set(connection: Any, **settings: str) -> None:
    cursor = connection.cursor()
    for name, value in settings.items():
        cursor.execute(f"SET {name} = {value}")
    cursor.close()
    connection.commit()


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin them deferred, and a transaction that read
        # before it writes then fails at once where another wrote in between, however long the busy timeout.
        connection.isolation_level = None
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
        # The switch does not wait for a writer, and outlasts the connection: the next one makes it.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL").close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
