"""A database that is away, frozen, locked or too slow: a 503 in time, and all is well once it is back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.behaviour.eventually import eventually
from tests.servers import PostgresServer, fresh_database, running_postgres
from tests.web.hanging import Proxy, alone, down, frozen, locked, silent_port
from tests.web.patience import assert_refused_in_time, patient_app

HOSTS: dict[str, tuple[str, dict[str, Any]]] = {
    "psycopg2": ("psycopg2", {}),
    "psycopg": ("psycopg", {}),
    "pings": ("psycopg2", {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True}}),
    "no pool": ("psycopg2", {"SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": sa.NullPool}}),
    "pooler": ("psycopg2", {"TASKER_PREPARED_STATEMENTS": False}),
}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that tests may stop."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def url(server: PostgresServer) -> Iterator[str]:
    """An empty database on it."""
    with fresh_database(server.url) as url:
        yield url


@pytest.mark.parametrize("host", HOSTS)
def test_a_server_that_is_frozen(server: PostgresServer, url: str, host: str) -> None:
    driver, config = HOSTS[host]
    with patient_app(by(url, driver), **config) as patient:
        patient.served(*patient.everything())
        with frozen(server):
            assert_refused_in_time(patient.ask(*patient.everything()))
        patient.served(*patient.everything())


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_a_server_that_is_down(server: PostgresServer, url: str, driver: str) -> None:
    with patient_app(by(url, driver)) as patient:
        patient.served(*patient.everything())
        with down(server):
            assert_refused_in_time(patient.ask(*patient.everything()))
            assert_refused_in_time(patient.ask(*patient.everything()))
        # What the pool still holds of the time before is found out by who uses it.
        patient.served(*patient.everything())


@pytest.mark.parametrize("host", ["psycopg2", "psycopg", "pooler"])
def test_a_table_that_another_connection_has_locked(url: str, host: str) -> None:
    driver, config = HOSTS[host]
    with patient_app(by(url, driver), **config) as patient:
        with locked(url):
            assert_refused_in_time(patient.ask(*patient.everything()))
            # The server ends a statement at its time by itself, which may be a moment after its client gave up.
            eventually(lambda: waiting_backends(url) == 0, within=5)
        patient.served(*patient.everything())


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_a_server_that_lets_everybody_connect_and_says_nothing(url: str, driver: str) -> None:
    with patient_app(by(url, driver)) as patient, silent_port() as port:
        with patient.app.app_context():
            engine = patient.app.extensions["sqlalchemy"].engine
            engine.dispose()
        sa.event.listen(engine, "do_connect", lambda _dialect, _record, _args, options: options.update(port=port))
        assert_refused_in_time(patient.ask(*patient.everything()))


def test_a_way_to_the_server_that_falls_silent(url: str) -> None:
    with closing(Proxy(sa.make_url(url).port or 0)) as proxy:
        through = sa.make_url(url).set(port=proxy.port).render_as_string(hide_password=False)
        with patient_app(through) as patient:
            patient.served(*patient.everything())
            with proxy.silent():
                assert_refused_in_time(patient.ask(*patient.everything()))
            patient.served(*patient.everything())


def test_more_requests_than_there_are_connections(url: str) -> None:
    options = {"pool_size": 1, "max_overflow": 0}
    with patient_app(url, SQLALCHEMY_ENGINE_OPTIONS=options) as patient:
        with locked(url):
            assert_refused_in_time(patient.ask(*[("GET", "/tasker/tasks")] * 6))
        patient.served(*patient.everything())


def test_sqlite_that_another_connection_has_locked_is_read_and_not_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tasker.sqlite'}"
    with patient_app(url) as patient:
        *reading, writing = patient.everything()
        with locked(url):
            patient.served(*reading)
            assert_refused_in_time(patient.ask(writing, writing))
        patient.served(*patient.everything())


def test_sqlite_that_another_connection_has_for_itself_is_not_read_either(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tasker.sqlite'}"
    with patient_app(url) as patient:
        with patient.app.app_context():
            patient.app.extensions["sqlalchemy"].engine.dispose()
        with alone(url):
            assert_refused_in_time(patient.ask(*patient.everything()))
        patient.served(*patient.everything())


def test_steps_that_are_run_by_the_request_itself_have_all_the_time_they_need(database_url: str) -> None:
    def act() -> None:
        threading.Event().wait(1.2)

    inline = {"TESTING": False, "DEBUG": True, "TASKER_BROKER_URL": "inline://", "TASKER_HTTP_TIMEOUT_SECONDS": 1.0}
    with patient_app(database_url, act=act, **inline) as patient:
        created, shown = (patient.served(call)[0] for call in (("POST", "/tasker/tasks"), patient.everything()[1]))
        assert (created.status, created.body["task"]["status"]) == (201, "complete")
        assert created.took > 1.2
        assert shown.body["task"]["status"] == "complete"


def test_a_fault_of_ours_is_no_outage(url: str) -> None:
    with patient_app(url) as patient:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE tasker_tasks RENAME TO elsewhere"))
        (answer,) = patient.ask(("GET", "/tasker/tasks"))
        assert (answer.status, answer.body) == (500, {"status": 500, "error": "Internal Server Error"})


def by(url: str, driver: str) -> str:
    return sa.make_url(url).set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)


def waiting_backends(url: str) -> int:
    """How many of the server's processes still wait for a lock."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        waiting = "wait_event_type = 'Lock' AND datname = current_database()"
        return int(connection.execute(sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {waiting}")).scalar_one())
