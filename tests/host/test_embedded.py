"""The worker that lives in a serving process: when it starts, and when it does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import click
import pytest
import sqlalchemy as sa
from flask import Flask

from flask_tasker import ConfigurationError, Tasker
from flask_tasker.engine import Runtime
from flask_tasker.engine import Worker as EngineWorker
from flask_tasker.extension import state as state_module
from flask_tasker.models import Task, Worker
from tests.host.shop import Shop, close, new_database, order_handlers, shop_on
from tests.host.waiting import until


@contextmanager
def serving(url: str, **config: Any) -> Iterator[Shop]:
    """The shop as it is served: not under TESTING, its messages sent for good."""
    with shop_on(url, recorded=False, TESTING=False, TASKER_SWEEP_SECONDS=0.2, **config) as shop:
        yield shop


@pytest.fixture
def earlier() -> set[threading.Thread]:
    """The threads that were there before the test."""
    return set(threading.enumerate())


def started_since(earlier: set[threading.Thread]) -> list[str]:
    threads = set(threading.enumerate()) - earlier
    return sorted(thread.name for thread in threads if thread.name.startswith("tasker-"))


def statuses(shop: Shop) -> list[str]:
    with shop.db.engine.connect() as connection:
        return list(connection.scalars(sa.select(Task.status)))


def leave_a_task_behind(url: str) -> None:
    with shop_on(url) as shop:
        shop.create(1)


def test_setting_up_an_app_starts_nothing(tables_url: str, earlier: set[threading.Thread]) -> None:
    with serving(tables_url):
        assert started_since(earlier) == []


def test_it_starts_at_create_task(tables_url: str, earlier: set[threading.Thread]) -> None:
    with serving(tables_url) as shop:
        shop.create(1)
        until(lambda: statuses(shop) == ["complete"])
        assert "tasker-heartbeat" in started_since(earlier)


def test_it_starts_at_the_commit_of_a_sessions_task(tables_url: str, earlier: set[threading.Thread]) -> None:
    with serving(tables_url) as shop:
        shop.create(1, shop.db.session)
        assert started_since(earlier) == []
        shop.db.session.commit()
        until(lambda: statuses(shop) == ["complete"])


def test_it_starts_at_the_first_request_and_goes_on_with_what_was_left(tables_url: str) -> None:
    leave_a_task_behind(tables_url)
    with serving(tables_url) as shop:
        assert shop.app.test_client().get("/").status_code == 404
        until(lambda: statuses(shop) == ["complete"])


def test_it_starts_once_however_many_requests_come_at_once(tables_url: str, earlier: set[threading.Thread]) -> None:
    with serving(tables_url) as shop, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.app.test_client().get("/").status_code, range(16)))
        assert answers == [404] * 16
        assert started_since(earlier).count("tasker-heartbeat") == 1


def test_it_is_on_the_register_while_it_runs(tables_url: str) -> None:
    with serving(tables_url) as shop:
        shop.app.test_client().get("/")
        until(lambda: registered(shop) == 1)
        assert shop.state.embedded is not None
        shop.state.embedded.stop()
        assert registered(shop) == 0


def registered(shop: Shop) -> int:
    with shop.db.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Worker)) or 0


def test_stopped_it_ends_its_threads_and_starts_again_with_the_next_request(
    tables_url: str, earlier: set[threading.Thread]
) -> None:
    with serving(tables_url) as shop:
        shop.app.test_client().get("/")
        assert shop.state.embedded is not None
        shop.state.embedded.stop()
        until(lambda: started_since(earlier) == [])
        shop.create(1)
        until(lambda: statuses(shop) == ["complete"])


def test_stopped_it_is_not_started_again_by_what_its_own_threads_still_send(
    tables_url: str, earlier: set[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[EngineWorker] = []

    def remembered(runtime: Runtime, *, threads: int) -> EngineWorker:
        made.append(EngineWorker(runtime, threads=threads))
        return made[-1]

    monkeypatch.setattr(state_module, "Worker", remembered)
    with serving(tables_url) as shop:
        shop.app.test_client().get("/")
        until(lambda: len(made) == 1)
        assert shop.state.embedded is not None
        shop.state.embedded.stop()
        made[0].runtime.send([])
        until(lambda: started_since(earlier) == [])
        assert len(made) == 1


def test_turned_off_it_starts_neither_at_create_task_nor_at_a_request(
    tables_url: str, earlier: set[threading.Thread]
) -> None:
    with serving(tables_url, TASKER_EMBEDDED=False) as shop:
        shop.create(1)
        shop.app.test_client().get("/")
        assert (started_since(earlier), statuses(shop)) == ([], ["pending"])


def test_under_testing_it_does_not_start(tables_url: str, earlier: set[threading.Thread]) -> None:
    with shop_on(tables_url, recorded=False) as shop:
        shop.create(1)
        shop.app.test_client().get("/")
        assert (started_since(earlier), statuses(shop)) == ([], ["pending"])


def test_on_sqlite_in_memory_it_is_refused_with_the_fix() -> None:
    with serving("sqlite:///:memory:") as shop:
        with pytest.raises(ConfigurationError, match=r"embedded worker.*SQLite in memory") as refused:
            shop.create(1)
        assert "sqlite:///app.sqlite" in str(refused.value)
        assert statuses(shop) == []


def test_on_sqlite_in_memory_the_first_request_is_refused_with_the_fix() -> None:
    with serving("sqlite:///:memory:", PROPAGATE_EXCEPTIONS=True) as shop:
        client = shop.app.test_client()
        with pytest.raises(ConfigurationError, match="TASKER_EMBEDDED=False"):
            client.get("/")


def test_turned_off_or_inline_sqlite_in_memory_is_welcome() -> None:
    with serving("sqlite:///:memory:", TASKER_EMBEDDED=False) as shop:
        shop.create(1)
        assert statuses(shop) == ["pending"]
    with serving("sqlite:///:memory:", TASKER_BROKER_URL="inline://") as shop:
        shop.create(1)
        assert statuses(shop) == ["complete"]


def test_the_hosts_pages_are_served_while_the_database_is_away(earlier: set[threading.Thread]) -> None:
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg2://nobody@127.0.0.1:1/nowhere"
    app.add_url_rule("/", view_func=lambda: "hello")
    db = new_database()
    db.init_app(app)
    Tasker(app, handlers=order_handlers())
    assert app.test_client().get("/").text == "hello"
    assert "tasker-sweep" in started_since(earlier)
    with app.app_context():
        close(app, db)


def test_a_server_that_is_no_flask_command_has_its_worker(tables_url: str) -> None:
    @click.command("server")
    def serve() -> None:
        with serving(tables_url) as shop:
            shop.create(1)
            until(lambda: statuses(shop) == ["complete"])

    serve.main([], standalone_mode=False)


def test_inline_a_commit_runs_the_task_to_its_end_and_leaves_the_session_usable(tables_url: str) -> None:
    with serving(tables_url, TASKER_BROKER_URL="inline://") as shop:
        task = shop.create(1, shop.db.session)
        shop.place_order()
        shop.db.session.commit()
        assert task.status == "complete"
        shop.place_order()
        shop.db.session.commit()
        assert shop.count_orders() == 2
