"""Health: alive, ready, and how much there is to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dramatiq
import pytest
import redis
import sqlalchemy as sa
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, Tasker
from flask_tasker.config import Settings
from flask_tasker.dispatch import broker_answers, broker_for
from flask_tasker.migrations import LATEST
from flask_tasker.models import Base, Worker
from flask_tasker.store import health
from flask_tasker.store.clock import FixedClock
from flask_tasker.store.database import engine_beside
from flask_tasker.store.health import overview
from flask_tasker.web.blueprint import create_blueprint
from flask_tasker.web.health.readiness import checks
from tests.servers import RedisServer
from tests.store.plans import indexes_of
from tests.web.conforming import conforming
from tests.web.conftest import Host
from tests.web.hanging import silent_port
from tests.web.rows import COMPLETE, LEASED, NOW, Rows, StepRow

READY = {"status": "ok", "checks": {"database": "ok", "schema": "ok", "broker": "ok"}}
SECONDS = 0.4
NO_MIGRATION = 0
OLDER = -1
"""No older version than the first was ever released; the number has to do."""


@pytest.fixture
def stored_host(stored: sa.Engine) -> Host:
    """An app on each database."""
    return Host(rows=Rows(stored), settings=Settings(http_timeout_seconds=5))


@pytest.fixture
def stored_client(stored_host: Host) -> FlaskClient:
    """A client of it."""
    return stored_host.app().test_client()


@pytest.fixture
def closed(host: Host) -> FlaskClient:
    """A client of an app whose API nobody has opened."""
    return host.app(testing=False).test_client()


def test_a_process_that_answers_is_alive_though_the_api_is_closed(closed: FlaskClient) -> None:
    response = closed.get("/tasker/health/live")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_who_asks_whether_it_is_alive_waits_for_nothing(host: Host) -> None:
    def nothing() -> Any:
        raise AssertionError("the database was asked")

    app, deps = Flask(__name__), replace(host.dependencies(), engine=nothing)
    app.register_blueprint(create_blueprint(deps), url_prefix="/tasker")
    assert app.test_client().get("/tasker/health/live").status_code == 200


def test_who_asks_that_does_not_start_the_worker_which_may_wait_for_the_database(postgres_url: str) -> None:
    with silent_port() as port:
        url = sa.make_url(postgres_url).set(port=port).render_as_string(hide_password=False)
        app = app_on(url, TASKER_EMBEDDED=True)
        begun = time.monotonic()
        assert app.test_client().get("/tasker/health/live").status_code == 200
        assert time.monotonic() - begun < 1


def test_all_is_ready_though_the_api_is_closed(stored_host: Host) -> None:
    response = stored_host.app(testing=False).test_client().get("/tasker/health/ready")
    assert (response.status_code, response.get_json()) == (200, READY)
    assert list(response.get_json()["checks"]) == ["database", "schema", "broker"]


@pytest.mark.parametrize(
    ("version", "passes"), [(NO_MIGRATION, "ok"), (LATEST, "ok"), (LATEST + 1, "ok"), (OLDER, "failed")]
)
def test_tables_older_than_the_package_are_not_ready(
    stored_client: FlaskClient, stored: sa.Engine, version: int, passes: str
) -> None:
    if version != NO_MIGRATION:
        with stored.begin() as connection:
            connection.execute(sa.text(f"INSERT INTO tasker_schema_version (id, version) VALUES (1, {version})"))
    response = stored_client.get("/tasker/health/ready")
    assert response.get_json()["checks"] == {"database": "ok", "schema": passes, "broker": "ok"}
    assert response.status_code == (200 if passes == "ok" else 503)


def test_a_database_without_the_tables_is_not_ready(host: Host, client: FlaskClient, engine: sa.Engine) -> None:
    Base.metadata.drop_all(engine)
    response = client.get("/tasker/health/ready")
    assert (response.status_code, response.get_json()["status"]) == (503, "failed")
    assert response.get_json()["checks"] == {"database": "ok", "schema": "failed", "broker": "ok"}


def test_a_database_that_hangs_is_not_ready_and_says_no_more(postgres_url: str) -> None:
    with silent_port() as port:
        url = sa.make_url(postgres_url).set(port=port).render_as_string(hide_password=False)
        app = app_on(url, TASKER_HTTP_TIMEOUT_SECONDS=2, TESTING=True)
        begun = time.monotonic()
        response = app.test_client().get("/tasker/health/ready")
        took = time.monotonic() - begun
    failed = {"status": "failed", "checks": {"database": "failed", "schema": "failed", "broker": "ok"}}
    assert (response.status_code, response.get_json()) == (503, failed)
    assert took < 3
    dispose(app)


def test_a_broker_that_is_gone_is_not_ready(tmp_path: Path, redis_server: RedisServer) -> None:
    redis_server.reset()
    app = app_on(f"sqlite:///{tmp_path / 'a.sqlite'}", TASKER_BROKER_URL=redis_server.url, TASKER_QUEUE="health")
    with app.app_context():
        app.extensions["sqlalchemy"].create_all()
    assert app.test_client().get("/tasker/health/ready").get_json() == READY
    redis_server.kill()
    response = app.test_client().get("/tasker/health/ready")
    assert (response.status_code, response.get_json()["checks"]) == (
        503,
        {"database": "ok", "schema": "ok", "broker": "failed"},
    )
    redis_server.restart()
    assert app.test_client().get("/tasker/health/ready").get_json() == READY
    dispose(app)


def test_a_check_that_raises_has_failed(host: Host) -> None:
    def broken(_seconds: float) -> bool:
        raise RuntimeError("no broker")

    assert checks(replace(host.dependencies(), broker_answers=broken)) == {
        "database": True,
        "schema": True,
        "broker": False,
    }


def brokers_at(port: int) -> Iterator[dramatiq.Broker]:
    """Brokers of ours and of the host's."""
    yield broker_for(f"redis://127.0.0.1:{port}/0")
    yield RedisBroker(url=f"redis://127.0.0.1:{port}/0", middleware=[])  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("which", range(2))
def test_a_broker_that_says_nothing_is_waited_for_so_long(which: int) -> None:
    with silent_port() as port:
        broker = list(brokers_at(port))[which]
        begun = time.monotonic()
        assert not broker_answers(broker, seconds=SECONDS)
        assert time.monotonic() - begun < SECONDS + 1


@pytest.mark.parametrize("which", range(2))
def test_a_broker_that_is_down_does_not_answer(which: int) -> None:
    with silent_port() as port:
        pass
    assert not broker_answers(list(brokers_at(port))[which], seconds=SECONDS)


def test_a_redis_that_is_up_answers_and_keeps_no_connection(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert broker_answers(broker_for(redis_url), seconds=5)
        before = len(client.client_list())
        assert broker_answers(broker_for(redis_url), seconds=5)
        assert len(client.client_list()) == before


def test_a_broker_in_this_process_answers() -> None:
    assert broker_answers(StubBroker(middleware=[]), seconds=SECONDS)


def test_the_status_is_for_those_who_may_see_it(host: Host, closed: FlaskClient) -> None:
    assert closed.get("/tasker/health/status").status_code == 403
    asked = []
    host.authorize = lambda permission, resource: asked.append((permission, resource))
    assert closed.get("/tasker/health/status").status_code == 401
    assert asked == [("tasker.health_status:show", None)]


def test_tasks_and_steps_are_counted_by_state(stored_host: Host, stored_client: FlaskClient) -> None:
    rows = stored_host.rows
    rows.task(status="pending", steps=[StepRow(name="one"), StepRow(name="two", columns={"status": "error"})])
    rows.task(status="in_progress", steps=[StepRow(name="one", columns=LEASED), StepRow(name="two", columns=COMPLETE)])
    rows.task(status="complete", completed_at=NOW, steps=[StepRow(name="one", columns={"status": "skipped"})])
    rows.task(status="error", steps=[])
    answer = stored_client.get("/tasker/health/status").get_json()
    assert answer["tasks"] == {
        "open": {"pending": 1, "in_progress": 1},
        "open_counted_up_to": 100_000,
        "ended_among_newest": {"error": 1, "complete": 1, "cancelled": 0, "resolved_manually": 0},
        "newest": 10_000,
    }
    assert answer["workflow_steps"] == {
        "open": {"pending": 1, "in_progress": 1, "error": 1},
        "open_counted_up_to": 100_000,
        "ended_among_newest": {"complete": 1, "cancelled": 0, "resolved_manually": 0, "skipped": 1},
        "newest": 10_000,
    }


def test_no_more_rows_are_counted_than_it_says(
    stored: sa.Engine, stored_client: FlaskClient, stored_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "OPEN_LIMIT", 2)
    monkeypatch.setattr(health, "NEWEST", 1)
    for _ in range(3):
        stored_host.rows.task(steps=[])
    for status in ("cancelled", "error"):
        stored_host.rows.task(status=status, steps=[])
    with stored.connect() as connection:
        counts = overview(connection, FixedClock(NOW)).tasks
    assert counts.open == {"pending": 2, "in_progress": 0}
    assert counts.ended == {"error": 1, "complete": 0, "cancelled": 0, "resolved_manually": 0}


def test_of_more_open_steps_than_are_counted_the_newest_are_and_all_that_run(
    stored_host: Host, stored: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "OPEN_LIMIT", 3)
    stored_host.rows.task(steps=[StepRow(name="runs", columns=LEASED)])
    for _ in range(5):
        stored_host.rows.task(
            status="error", steps=[StepRow(name="failed", columns={"status": "error", "attempts": 3})]
        )
    stored_host.rows.task(steps=[StepRow(name="one"), StepRow(name="two")])
    with stored.connect() as connection:
        counts = overview(connection, FixedClock(NOW)).steps
    assert counts.open == {"pending": 2, "in_progress": 1, "error": 1}


def test_on_postgresql_the_counts_go_by_the_index_of_open_rows_and_the_keys(postgres_database: str) -> None:
    host = sa.create_engine(postgres_database)
    Base.metadata.create_all(host)
    Rows(host).task()
    engine = engine_beside(host)
    with engine.connect() as connection:
        used = indexes_of(engine, lambda: overview(connection, FixedClock(NOW)))
    assert "ix_tasker_tasks_open" in used
    # Either has the newest rows: the states are told with the keys.
    assert {"pk_tasker_tasks", "ix_tasker_tasks_status"} & used
    assert {"ix_tasker_workflow_steps_open", "pk_tasker_workflow_steps", "ix_tasker_workflow_steps_due"} <= used
    assert "ix_tasker_workflow_steps_leased" in used
    host.dispose()


@pytest.mark.parametrize(("ready_at", "waited"), [(-90, 90.0), (0, 0.0), (90, None)])
def test_the_first_ready_step_has_waited_so_long_by_the_databases_clock(
    stored: sa.Engine, stored_host: Host, ready_at: int, waited: float | None
) -> None:
    moment = {"next_attempt_at": NOW + timedelta(seconds=ready_at)}
    stored_host.rows.task(steps=[StepRow(name="one", columns=moment)])
    stored_host.rows.task(steps=[StepRow(name="one", columns={"next_attempt_at": NOW + timedelta(hours=1)})])
    with stored.connect() as connection:
        assert overview(connection, FixedClock(NOW)).oldest_ready_seconds == waited


def test_without_a_ready_step_there_is_no_age(stored_client: FlaskClient) -> None:
    assert stored_client.get("/tasker/health/status").get_json()["oldest_ready_step_seconds"] is None


def test_workers_are_listed_the_living_first(stored: sa.Engine, stored_client: FlaskClient) -> None:
    soon, long_ago = datetime.now(UTC) + timedelta(hours=1), NOW
    with stored.begin() as connection:
        for name, expected_by in (("a", long_ago), ("b", soon)):
            values = {"name": name, "threads": 4, "started_at": NOW, "seen_at": NOW, "expected_by": expected_by}
            connection.execute(sa.insert(Worker).values(values))
    seen = {"threads": 4, "last_seen": "2026-03-04T05:06:07.089Z"}
    assert stored_client.get("/tasker/health/status").get_json()["workers"] == [
        {"name": "b", **seen, "living": True},
        {"name": "a", **seen, "living": False},
    ]


def app_on(url: str, **config: Any) -> Flask:
    """An app whose API nobody has opened."""
    app = conforming(Flask("health"))
    app.config.update({"SQLALCHEMY_DATABASE_URI": url, "TASKER_EMBEDDED": False, **config})
    SQLAlchemy(app)
    Tasker(app, handlers=HandlerFactory())
    return app


def dispose(app: Flask) -> None:
    """Close its connections."""
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
