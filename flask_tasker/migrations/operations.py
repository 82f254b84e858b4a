"""What the frozen steps ask of Alembic."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.schema import SchemaItem


class Op(Protocol):
    """The part of ``alembic.op`` (or of ``alembic.operations.Operations``) that the steps use; a step may add to it."""

    def create_table(self, table_name: str, /, *columns: SchemaItem) -> sa.Table:
        """Create a table with its constraints."""
        ...

    def add_column(self, table_name: str, column: sa.Column[Any], /) -> None:
        """Add a column."""
        ...

    def drop_column(self, table_name: str, column_name: str, /) -> None:
        """Drop a column."""
        ...

    def create_unique_constraint(self, constraint_name: str | None, table_name: str, columns: list[str], /) -> Any:
        """Add a UNIQUE constraint, which SQLite cannot."""
        ...

    def drop_constraint(self, constraint_name: str, table_name: str, /) -> None:
        """Drop a constraint, which SQLite cannot."""
        ...

    def create_index(
        self,
        index_name: str | None,
        table_name: str,
        columns: list[Any],
        /,
        *,
        postgresql_using: Any = ...,
        postgresql_ops: Any = ...,
        postgresql_where: Any = ...,
        sqlite_where: Any = ...,
    ) -> None:
        """Create an index."""
        ...

    def drop_index(self, index_name: str, /, *, table_name: str) -> None:
        """Drop an index."""
        ...

    def drop_table(self, table_name: str, /) -> None:
        """Drop a table, and its indexes with it."""
        ...

    def execute(self, sqltext: str, /) -> None:
        """Run one statement."""
        ...

    def get_context(self) -> MigrationContext:
        """Where the statements go."""
        ...
