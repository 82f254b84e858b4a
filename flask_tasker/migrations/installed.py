"""Which version of the tables a database has."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

TABLE: Final = "tasker_schema_version"


def installed_version(connection: sa.Connection) -> int | None:
    """The version that the migration functions recorded: None without the table, 0 where nothing was recorded in it."""
    if not sa.inspect(connection).has_table(TABLE):
        return None
    recorded: int | None = connection.scalar(sa.select(sa.column("version", sa.Integer)).select_from(sa.table(TABLE)))
    return recorded or 0
