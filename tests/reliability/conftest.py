"""Labs: an app on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import HandlerFactory
from tests.reliability.lab import Lab, lab_on
from tests.servers import fresh_database

MakeLab = Callable[..., Lab]


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL database that has the tables; the tests of this process share it one after the other."""
    with fresh_database(postgres_url) as url:
        with lab_on(url, HandlerFactory()):
            pass
        yield url


@pytest.fixture
def postgres_lab_url(postgres_tables: str) -> str:
    """The same, with all tables empty and their keys counted from 1."""
    engine = sa.create_engine(postgres_tables, poolclass=sa.NullPool)
    with engine.begin() as connection:
        names = ", ".join(sa.inspect(connection).get_table_names())
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return postgres_tables


@pytest.fixture
def sqlite_lab_url(tmp_path: Path) -> str:
    """The URL of a SQLite database in a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'lab.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def make_lab(request: pytest.FixtureRequest, tasker_handlers: HandlerFactory) -> Iterator[MakeLab]:
    """Makes an app with settings of the test's own, once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue("sqlite_lab_url" if request.param == "sqlite" else "postgres_lab_url")
    with ExitStack() as stack:

        def make(**config: Any) -> Lab:
            return stack.enter_context(lab_on(url, tasker_handlers, **config))

        yield make


@pytest.fixture
def lab(make_lab: MakeLab) -> Lab:
    """An app, once on SQLite and once on PostgreSQL; handlers that the test defines are its own."""
    return make_lab()


@pytest.fixture
def postgres_lab(postgres_lab_url: str, tasker_handlers: HandlerFactory) -> Iterator[Lab]:
    """An app on PostgreSQL, where several write at once."""
    with lab_on(postgres_lab_url, tasker_handlers) as made:
        yield made


@pytest.fixture
def sqlite_lab(sqlite_lab_url: str, tasker_handlers: HandlerFactory) -> Iterator[Lab]:
    """An app on SQLite in a file."""
    with lab_on(sqlite_lab_url, tasker_handlers) as made:
        yield made
