"""``Database.transaction`` runs its work again where another transaction stood in its way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from flask_tasker.models import NamedTask
from flask_tasker.store.database import TRIES, Database, engine_beside
from tests.concurrency.at_once import PATIENCE, at_once
from tests.store.kinds import add_kind

KINDS = ("left", "right")


@pytest.fixture
def postgres(postgres_tables: str) -> Iterator[Database]:
    yield from two_kinds_on(postgres_tables)


@pytest.fixture
def sqlite(sqlite_tables: str) -> Iterator[Database]:
    yield from two_kinds_on(sqlite_tables)


def two_kinds_on(url: str) -> Iterator[Database]:
    host = sa.create_engine(url)
    database = Database(engine=engine_beside(host))
    for name in KINDS:
        add_kind(database, name)
    yield database
    database.engine.dispose()
    host.dispose()


def describe(connection: sa.Connection, name: str) -> None:
    kind = sa.update(NamedTask).where(NamedTask.name == name)
    connection.execute(kind.values(description=sa.func.coalesce(NamedTask.description, "") + "."))


def descriptions(database: Database) -> list[str | None]:
    return database.read(lambda connection: list(connection.scalars(sa.select(NamedTask.description))))


def test_a_deadlock_is_run_again(postgres: Database) -> None:
    meeting = threading.Barrier(2)
    runs: list[str] = []

    def both(order: tuple[str, ...], connection: sa.Connection) -> None:
        first_time = runs.count(order[0]) == 0
        runs.append(order[0])
        describe(connection, order[0])
        if first_time:
            meeting.wait(PATIENCE)
        describe(connection, order[1])

    at_once([partial(postgres.transaction, partial(both, order)) for order in (KINDS, KINDS[::-1])])
    # Three, unless the one that is run again is quicker than the other is woken: then they deadlock once more.
    assert len(runs) >= 3
    assert descriptions(postgres) == ["..", ".."]


def test_a_failed_serialisation_is_run_again(postgres: Database) -> None:
    strict = Database(engine=postgres.engine.execution_options(isolation_level="REPEATABLE READ"))
    runs: list[int] = []

    def late(connection: sa.Connection) -> None:
        runs.append(1)
        connection.scalar(sa.select(NamedTask.description).limit(1))
        if len(runs) == 1:
            postgres.transaction(lambda other: describe(other, "left"))
        describe(connection, "left")

    strict.transaction(late)
    assert len(runs) == 2
    assert sorted(map(str, descriptions(postgres))) == ["..", "None"]


def test_an_error_that_no_repetition_mends_is_raised_at_once(postgres: Database) -> None:
    runs: list[int] = []

    def twice(connection: sa.Connection) -> None:
        runs.append(1)
        kind = sa.update(NamedTask).values(name="left", namespace="default", version="1")
        connection.execute(kind)

    with pytest.raises(IntegrityError):
        postgres.transaction(twice)
    assert len(runs) == 1


def test_an_error_of_the_work_itself_rolls_back(postgres: Database) -> None:
    def fails(connection: sa.Connection) -> None:
        describe(connection, "left")
        raise LookupError

    with pytest.raises(LookupError):
        postgres.transaction(fails)
    assert descriptions(postgres) == [None, None]


def impatient(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database say at once that it is locked, instead of after half a minute; on a slow machine, too, that is
    soon enough to ask again."""
    monkeypatch.setattr("flask_tasker.store.database.QUICK_SECONDS", 60)
    database.engine.dispose()
    sa.event.listen(
        database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0").close()
    )


def test_a_locked_sqlite_is_asked_again_until_the_lock_is_gone(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(sqlite, monkeypatch)
    other = sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refusals: list[str] = []

    @sa.event.listens_for(sqlite.engine, "handle_error")
    def on_error(context: sa.engine.ExceptionContext) -> None:
        refusals.append(str(context.original_exception))
        if len(refusals) == 2:
            other.rollback()

    sqlite.transaction(lambda connection: describe(connection, "left"))
    other.close()
    assert refusals == ["database is locked"] * 2
    assert sorted(map(str, descriptions(sqlite))) == [".", "None"]


def test_a_sqlite_that_stays_locked_is_given_up_after_some_tries(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(sqlite, monkeypatch)
    other = sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refusals: list[str] = []

    @sa.event.listens_for(sqlite.engine, "handle_error")
    def on_error(context: sa.engine.ExceptionContext) -> None:
        refusals.append(str(context.original_exception))

    with pytest.raises(OperationalError, match="database is locked"):
        sqlite.transaction(lambda connection: describe(connection, "left"))
    other.close()
    assert len(refusals) == TRIES


def test_sqlite_reads_go_on_while_another_writes(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(sqlite, monkeypatch)
    with sqlite.engine.begin() as writer:
        describe(writer, "left")
        assert descriptions(sqlite) == [None, None]
    assert sorted(map(str, descriptions(sqlite))) == [".", "None"]


def test_many_writers_lose_no_update(sqlite: Database) -> None:
    at_once([partial(sqlite.transaction, partial(describe, name="left"))] * 16)
    assert sorted(map(str, descriptions(sqlite))) == ["." * 16, "None"]
