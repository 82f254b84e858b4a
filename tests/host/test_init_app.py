"""Setting up: in any order, once, and any number of apps in one process."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import ConfigurationError, HandlerFactory, Tasker, TaskRequest, UnknownHandlerError
from flask_tasker.models import Task
from flask_tasker.testing import drain, isolated_handlers
from tests.host.shop import an_order, close, new_database, order_handlers, shop_on

MEMORY = "sqlite:///:memory:"


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    with isolated_handlers():
        yield


@pytest.mark.parametrize("tasker_first", [True, False])
def test_the_order_in_which_extensions_are_set_up_does_not_matter(tasker_first: bool) -> None:
    with shop_on(MEMORY, tasker_first=tasker_first) as shop:
        assert "tasker_tasks" in shop.db.metadata.tables
        task = shop.create(session=shop.db.session)
        shop.db.session.commit()
        assert drain(shop.app) == 2
        assert task.status == "complete"


def test_the_app_may_be_given_at_once() -> None:
    app = Flask("shop")
    app.config.update(SQLALCHEMY_DATABASE_URI=MEMORY, TESTING=True)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=order_handlers())
    with app.app_context():
        db.create_all()
        assert tasker.create_task(an_order(1)).task_id == 1
        close(app, db)


def test_an_app_without_sqlalchemy_is_told_the_fix() -> None:
    app = Flask("shop")
    app.config["TESTING"] = True
    tasker = Tasker(app, handlers=order_handlers())
    with app.app_context(), pytest.raises(ConfigurationError, match=r"db = SQLAlchemy\(app\)") as refused:
        tasker.create_task(an_order(1))
    assert "db.init_app(app)" in str(refused.value)


def test_a_second_registration_is_refused_with_the_fix() -> None:
    app = Flask("shop")
    app.config["TESTING"] = True
    tasker = Tasker(app)
    with pytest.raises(ConfigurationError, match="already registered on this app: create it once"):
        tasker.init_app(app)
    with pytest.raises(ConfigurationError, match="already registered"):
        Tasker(app)


def test_an_app_that_was_not_set_up_is_told_so() -> None:
    app = Flask("shop")
    with app.app_context(), pytest.raises(ConfigurationError, match=r"tasker\.init_app\(app\)"):
        Tasker().create_task(an_order(1))


def test_two_apps_with_two_taskers_do_not_see_each_others_tasks_or_handlers(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}.sqlite" for name in ("one", "two")]
    with shop_on(urls[0]) as one, shop_on(urls[1], handlers=HandlerFactory()) as two:
        with one.app.app_context():
            one.create(1)
        with pytest.raises(UnknownHandlerError):
            two.create(2)
        assert (one.stored(), two.stored()) == ([1], [])
        assert (drain(two.app), drain(one.app)) == (0, 2)
        assert two.sent.messages == []


def test_one_tasker_serves_two_apps(tmp_path: Path) -> None:
    tasker, db = Tasker(handlers=order_handlers()), new_database()
    apps = [Flask("one"), Flask("two")]
    for app in apps:
        app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / app.name}.sqlite", TESTING=True)
        db.init_app(app)
        tasker.init_app(app)
        with app.app_context():
            db.create_all()
            tasker.create_task(an_order(1), session=db.session)
            db.session.commit()
    assert [drain(app) for app in apps] == [2, 2]
    for app in apps:
        with app.app_context():
            assert db.session.scalars(sa.select(Task.status)).all() == ["complete"]
            close(app, db)


def test_a_factory_called_many_times_makes_apps_that_all_work_and_go_when_unused() -> None:
    tasker, db = Tasker(handlers=order_handlers()), new_database()
    gone = [weakref.ref(made_and_used(tasker, db)) for _ in range(20)]
    gc.collect()
    assert [reference() for reference in gone if reference() is not None] == []


def made_and_used(tasker: Tasker, db: SQLAlchemy) -> Flask:
    app = Flask("shop")
    app.config.update(SQLALCHEMY_DATABASE_URI=MEMORY, TESTING=True)
    db.init_app(app)
    tasker.init_app(app)
    with app.app_context():
        db.create_all()
        assert tasker.create_task(an_order(1)).task_id == 1
        assert drain(app) == 2
        close(app, db)
    return app


def test_tables_dropped_and_made_again_start_afresh(tables_url: str) -> None:
    with shop_on(tables_url, TESTING=False, TASKER_EMBEDDED=False) as shop:
        for _ in range(2):
            shop.create(1)
            drain(shop.app)
            assert shop.db.session.scalars(sa.select(Task.status)).all() == ["complete"]
            shop.db.session.remove()
            shop.db.drop_all()
            shop.db.create_all()
            assert shop.stored() == []


def test_an_app_may_drop_its_tables_while_another_goes_on(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}.sqlite" for name in ("one", "two")]
    with shop_on(urls[0], TESTING=False, TASKER_EMBEDDED=False) as one, shop_on(urls[1]) as two:
        with one.app.app_context():
            one.create(1)
            one.db.drop_all()
        assert two.create(1).task_id == 1
        with one.app.app_context():
            one.db.create_all()
            assert one.create(1).task_id == 1
        assert (one.stored(), two.stored()) == ([1], [1])


def test_modules_named_in_the_settings_are_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop_of_the_test.py").write_text(
        "from flask_tasker import TaskHandler, step, task_handler\n\n"
        '@task_handler("imported")\n'
        "class Imported(TaskHandler):\n"
        "    @step\n"
        "    def only(self, run): return {}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    app = Flask("shop")
    app.config.update(SQLALCHEMY_DATABASE_URI=MEMORY, TESTING=True, TASKER_HANDLERS=["shop_of_the_test"])
    db, tasker = SQLAlchemy(app), Tasker(app)
    with app.app_context():
        db.create_all()
        tasker.create_task(TaskRequest(name="imported"))
        assert drain(app) == 1
        close(app, db)
    del sys.modules["shop_of_the_test"]


def test_a_module_that_cannot_be_imported_says_so() -> None:
    app = Flask("shop")
    app.config.update(TESTING=True, TASKER_HANDLERS=["shop.no_such_module"])
    with pytest.raises(ModuleNotFoundError, match="shop"):
        Tasker(app)


def test_an_unknown_handler_is_an_error_and_the_log_names_the_known_ones(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with shop_on(MEMORY) as shop, pytest.raises(UnknownHandlerError, match=r"^No task handler for parcel$"):
        shop.tasker.create_task(TaskRequest(name="parcel"))
    assert "default/order" in caplog.text
    assert "TASKER_HANDLERS" in caplog.text


def test_an_unknown_setting_warns_with_the_nearest_name() -> None:
    app = Flask("shop")
    app.config.update(TESTING=True, TASKER_LEASE_SECOND=5)
    with pytest.warns(UserWarning, match="unknown setting TASKER_LEASE_SECOND; did you mean TASKER_LEASE_SECONDS?"):
        Tasker(app)


def test_a_warning_about_a_setting_points_at_the_hosts_line() -> None:
    app = Flask("shop")
    app.config.update(TESTING=True, TASKER_LEASE_SECOND=5)
    with pytest.warns(UserWarning, match="unknown setting") as caught:
        Tasker().init_app(app)
    assert caught[0].filename == __file__


def test_a_setting_that_makes_no_sense_is_refused_with_what_was_got() -> None:
    app = Flask("shop")
    app.config.update(TESTING=True, TASKER_LEASE_SECONDS=-1)
    with pytest.raises(ConfigurationError, match="TASKER_LEASE_SECONDS must be positive, got -1"):
        Tasker(app)


def test_first_uses_at_once_make_one_runtime(sqlite_tables: str) -> None:
    with shop_on(sqlite_tables) as shop, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: shop.state.runtime, range(64)))
    assert {id(runtime) for runtime in found} == {id(found[0])}


def test_our_connections_are_made_as_the_hosts_are(postgres_tables: str) -> None:
    options = {"poolclass": sa.NullPool, "connect_args": {"application_name": "the-shop"}}
    with shop_on(postgres_tables, SQLALCHEMY_ENGINE_OPTIONS=options) as shop:
        name = shop.state.runtime.database.read(lambda connection: connection.scalar(sa.text("SHOW application_name")))
    assert name == "the-shop"


def test_a_pool_that_the_host_holds_entirely_keeps_no_task_from_running(tables_url: str) -> None:
    options = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 1}
    with shop_on(tables_url, SQLALCHEMY_ENGINE_OPTIONS=options) as small, small.db.engine.connect():
        small.create(1)
        assert drain(small.app) == 2
