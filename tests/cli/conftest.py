"""A desk on each database; tables are made once a process, since that takes longer than most tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from flask import Flask

from flask_tasker.store.database import engine_beside
from tests.cli.desk import Desk
from tests.cli.shop import create_app
from tests.servers import fresh_database
from tests.web.rows import delete_rows


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lasting_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with the tables, on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('cli') / 'shop.sqlite'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))
        app = create_app({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True})
        with app.app_context():
            app.extensions["sqlalchemy"].create_all()
        _dispose(app)
        yield url


@pytest.fixture(scope="session", autouse=True)
def _can_be_interrupted() -> Iterator[None]:
    """What a shell starts in the background ignores SIGINT, and so does what that starts; it is sent on purpose."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _flask_leaves_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ``flask`` command says in the environment that it runs; other tests are to know nothing of it."""
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "false")


@pytest.fixture
def url(lasting_url: str) -> str:
    """The same, without rows."""
    host = sa.create_engine(lasting_url)
    engine = engine_beside(host)
    delete_rows(engine)
    engine.dispose()
    host.dispose()
    return lasting_url


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """Someone at a shell."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True})
    yield Desk(app)
    _dispose(app)


def _dispose(app: Flask) -> None:
    database = app.extensions["tasker"].runtime.database
    for engine in (database.engine, database.swift):
        if engine is not None:
            engine.dispose()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
