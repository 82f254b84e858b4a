"""The engine's own way to a database that has the tables."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from flask_tasker.store.database import Database, engine_beside
from tests.host.databases import (
    postgres_tables,
    postgres_with_tables,
    sqlite_tables,
    sqlite_template,
    tables_url,
)
from tests.web.rows import Rows

__all__ = ["postgres_tables", "postgres_with_tables", "sqlite_tables", "sqlite_template", "tables_url"]


@pytest.fixture
def database(tables_url: str) -> Iterator[Database]:
    """The database as the engine uses it."""
    host = sa.create_engine(tables_url)
    database = Database(engine=engine_beside(host))
    yield database
    database.engine.dispose()
    host.dispose()


@pytest.fixture
def rows(database: Database) -> Rows:
    """Writes rows."""
    return Rows(database.engine)
