"""Databases that have the tables already: made once, and emptied or copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from flask_tasker.models import Base
from tests.servers import fresh_database

EMPTY = """
DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY CASCADE'
           FROM pg_tables WHERE schemaname = 'public');
END $$
"""


def _make_tables(url: str) -> None:
    engine = sa.create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "tables.sqlite"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database with the tables, which the tests use one after the other."""
    with fresh_database(postgres_url) as url:
        _make_tables(url)
        yield url


@pytest.fixture
def sqlite_tables(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a SQLite file of the test's own that has the tables and no rows."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'tables.sqlite')}"


@pytest.fixture
def postgres_tables(postgres_with_tables: str) -> str:
    """The URL of a PostgreSQL database that has the tables and no rows."""
    engine = sa.create_engine(postgres_with_tables)
    with engine.begin() as connection:
        connection.execute(sa.text(EMPTY))
    engine.dispose()
    return postgres_with_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database that has the tables and no rows: the test runs once on each."""
    url: str = request.getfixturevalue("sqlite_tables" if request.param == "sqlite" else "postgres_tables")
    return url
