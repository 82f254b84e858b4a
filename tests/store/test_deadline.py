"""Threads that may wait for the database for so long, beside others on the same engine that may wait for ever."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from flask_tasker.errors import UnavailableError
from flask_tasker.store.database import SQLITE_BUSY_MS, Database, engine_beside, swift_engine
from flask_tasker.store.deadline import refuse_late, seconds_in_all, seconds_left, unbounded, within
from flask_tasker.store.unavailable import is_unavailable

ASLEEP = sa.text("SELECT pg_sleep(60)")
ENDLESS = sa.text("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of which both engines have one connection at most, so that everybody has the same."""
    host = sa.create_engine(database_url, poolclass=sa.QueuePool, pool_size=1, max_overflow=0)
    yield Database(engine=engine_beside(host), swift=swift_engine(host))
    host.dispose()


@pytest.fixture
def postgres(postgres_database: str) -> Iterator[Database]:
    """The same on PostgreSQL only."""
    host = sa.create_engine(postgres_database, pool_size=1, max_overflow=0)
    yield Database(engine=engine_beside(host), swift=swift_engine(host))
    host.dispose()


def patience(connection: sa.Connection) -> str:
    """How long the connection waits: on PostgreSQL for a statement, on SQLite for a lock."""
    asked = "SHOW statement_timeout" if connection.dialect.name == "postgresql" else "PRAGMA busy_timeout"
    return str(connection.execute(sa.text(asked)).scalar_one())


def forever(database: Database) -> str:
    """What that is where there is no deadline."""
    return str(SQLITE_BUSY_MS) if database.is_sqlite else "0"


def test_without_a_deadline_a_thread_may_wait_for_ever() -> None:
    assert (seconds_left(), seconds_in_all()) == (math.inf, None)
    refuse_late()


def test_the_time_runs_from_the_first_use_on() -> None:
    with within(60):
        assert seconds_left() == pytest.approx(60, abs=0.01)
        first = seconds_left()
        assert seconds_left() < first


def test_after_it_nothing_is_begun(database: Database) -> None:
    begun: list[sa.Connection] = []
    with within(1e-9):
        seconds_left()
        for run in (database.transaction, database.read):
            with pytest.raises(UnavailableError, match="TASKER_HTTP_TIMEOUT_SECONDS"):
                run(begun.append)
        with pytest.raises(UnavailableError), database.engine.connect():
            pass
    assert begun == []


def test_work_of_the_engines_own_has_none_and_lets_the_time_stand_still(database: Database) -> None:
    with within(60):
        before = seconds_left()
        with unbounded():
            assert seconds_left() == math.inf
            assert database.read(patience) == forever(database)
            threading.Event().wait(0.2)
        assert before - seconds_left() < 0.2


def test_a_thread_that_is_started_meanwhile_has_none() -> None:
    seen: list[float] = []
    with within(60):
        thread = threading.Thread(target=lambda: seen.append(seconds_left()))
        thread.start()
        thread.join()
    assert seen == [math.inf]


def test_the_one_within_another_counts_and_then_the_other_again() -> None:
    with within(60):
        with within(5):
            assert seconds_left() <= 5
        assert seconds_in_all() == 60
    assert seconds_in_all() is None


def test_a_connection_is_as_patient_as_who_has_it(database: Database) -> None:
    for run in (database.transaction, database.read):
        assert run(patience) == forever(database)
        with within(7):
            assert run(patience) in ("7s", *map(str, range(6_900, 7_001)))
        assert run(patience) == forever(database)


def test_a_prepared_statement_is_bounded_too_and_others_are_not(postgres: Database) -> None:
    with within(7):
        assert postgres.once(patience) == "7s"
        assert postgres.once(patience, ping=True) == "7s"
    assert postgres.once(patience) == "0"


def test_behind_a_pooler_only_the_transaction_is_bounded(postgres_database: str) -> None:
    host = sa.create_engine(postgres_database)
    database = Database(engine=engine_beside(host, shares_connections=True))
    with within(7):
        assert 6_500 < int(database.transaction(patience).removesuffix("ms")) <= 7_000
    assert database.transaction(patience) == "0"
    host.dispose()


def test_what_the_role_was_given_is_back_without_a_deadline(postgres_database: str) -> None:
    host = sa.create_engine(postgres_database, connect_args={"options": "-c statement_timeout=11000"})
    database = Database(engine=engine_beside(host))
    with within(7):
        assert database.transaction(patience) == "7s"
    assert database.transaction(patience) == "11s"
    host.dispose()


def test_a_statement_is_ended_by_the_server_and_its_connection_lives_on(postgres: Database) -> None:
    def backend() -> int:
        asked = sa.text("SELECT pg_backend_pid()")
        return postgres.read(lambda connection: int(connection.execute(asked).scalar_one()))

    before = backend()
    with within(0.5), pytest.raises(OperationalError) as caught:
        postgres.read(lambda connection: connection.execute(ASLEEP))
    assert is_unavailable(caught.value)
    assert backend() == before


def test_a_statement_that_takes_too_long_on_sqlite_is_interrupted(tmp_path_factory: pytest.TempPathFactory) -> None:
    host = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('slow') / 'a.sqlite'}")
    database, begun = Database(engine=engine_beside(host)), time.monotonic()
    with within(0.2), pytest.raises(OperationalError, match="interrupted") as caught:
        database.read(lambda connection: connection.execute(ENDLESS).all())
    assert is_unavailable(caught.value)
    assert time.monotonic() - begun < 10
    host.dispose()


def test_who_waits_for_a_connection_waits_no_longer(database: Database) -> None:
    with database.engine.connect():
        begun = time.monotonic()
        with within(0.3), pytest.raises(sa.exc.TimeoutError) as caught:
            database.engine.connect()
        assert is_unavailable(caught.value)
        assert 0.3 <= time.monotonic() - begun < 5


def test_who_waits_for_another_writer_of_this_process_waits_no_longer(tmp_path_factory: pytest.TempPathFactory) -> None:
    host = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('gate') / 'a.sqlite'}")
    database = Database(engine=engine_beside(host))
    writes, go_on = threading.Event(), threading.Event()

    def write(_connection: sa.Connection) -> None:
        writes.set()
        go_on.wait(60)

    other = threading.Thread(target=database.transaction, args=[write])
    other.start()
    assert writes.wait(60)
    with within(0.2), pytest.raises(UnavailableError, match="another thread"):
        database.transaction(lambda _connection: None)
    go_on.set()
    other.join()
    host.dispose()


def test_a_pool_that_is_made_anew_has_its_own_timeout_still(database: Database) -> None:
    with within(0.5):
        database.engine.dispose()
    timeout: float = database.engine.pool.timeout()  # type: ignore[attr-defined]
    assert timeout == 30


def test_a_forked_child_is_bounded_as_well(postgres: Database) -> None:
    with within(60):
        postgres.read(patience)
    child = os.fork()
    if child == 0:
        try:
            with within(0.3):
                postgres.read(lambda connection: connection.execute(ASLEEP))
        except OperationalError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.parametrize("error", [ValueError("no"), sa.exc.InvalidRequestError("no")])
def test_other_errors_are_no_outage(error: Exception) -> None:
    assert not is_unavailable(error)
