"""The row that says which version the tables have."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op


def create(op: Op) -> None:
    """Create the table of the version."""
    op.create_table(
        "tasker_schema_version",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=conv("pk_tasker_schema_version")),
        sa.CheckConstraint("id = 1", name=conv("ck_tasker_schema_version_single")),
    )
