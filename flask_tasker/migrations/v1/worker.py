"""The table of live worker processes."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import MOMENT


def create(op: Op) -> None:
    """Create the table of workers."""
    op.create_table(
        "tasker_workers",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expected_by", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=conv("pk_tasker_workers")),
    )
    op.create_index(conv("ix_tasker_workers_expected_by"), "tasker_workers", ["expected_by"])
