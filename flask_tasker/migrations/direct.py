"""Bring the tables of a database up without revisions, for an app that has no Flask-Migrate."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from ..errors import TaskerError
from .installed import TABLE, installed_version
from .versions import LATEST, upgrade

LOCK: Final = 0x7461736B6572
"""Key of PostgreSQL's advisory lock: the letters "tasker"."""


def upgrade_database(engine: sa.Engine) -> int:
    """Bring the tables to ``LATEST`` in one transaction, one process at a time; returns the version that they had.

    Raises:
        TaskerError: the tables are there and say no version, or a later one than this package knows.
    """
    with engine.begin() as connection:
        _wait_for_turn(connection)
        found = installed_version(connection)
        if found == 0:
            raise TaskerError(
                f"the tables are there, but {TABLE} is empty: they were not made by this package's migrations "
                f"(by db.create_all(), perhaps); drop them, or add the row (1, {LATEST}) if they are up to date"
            )
        if found is not None and found > LATEST:
            raise TaskerError(
                f"the tables have version {found}, and this flask-tasker knows up to {LATEST}: "
                "install the flask-tasker that made them, or a later one"
            )
        upgrade(Operations(MigrationContext.configure(connection)), since=found or 0, to=LATEST)
    return found or 0


def _wait_for_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    elif connection.dialect.name == "sqlite" and not _in_transaction(connection):
        # SQLite's driver begins no transaction for DDL: half of the tables would stay behind after a failure.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _in_transaction(connection: sa.Connection) -> bool:
    """Whether a listener of the host's has begun one, which this layer cannot see."""
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", False))
