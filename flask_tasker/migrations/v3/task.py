"""The column of tasks that version 3 adds."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from ..operations import Op

TABLE: Final = "tasker_tasks"
COLUMN: Final = "trace_context"


def add_trace_context(op: Op) -> None:
    """Add it, empty: neither database writes the rows that are there anew for that."""
    op.add_column(TABLE, sa.Column(COLUMN, sa.String(4096)))


def drop_trace_context(op: Op) -> None:
    """Drop it."""
    op.drop_column(TABLE, COLUMN)
