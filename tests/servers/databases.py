"""Empty databases on a PostgreSQL server, each for one test."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import NullPool, create_engine, make_url, text


@contextmanager
def fresh_database(maintenance_url: str) -> Iterator[str]:
    """Create an empty database, give its URL, and drop it with whoever is still connected to it."""
    name = f"tasker_test_{uuid.uuid4().hex}"
    url = make_url(maintenance_url).set(database=name)
    execute(maintenance_url, f"CREATE DATABASE {name}")
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        execute(maintenance_url, f"DROP DATABASE {name} WITH (FORCE)")


def execute(maintenance_url: str, statement: str) -> None:
    """Run one statement outside of a transaction, on a connection of its own."""
    engine = create_engine(maintenance_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
