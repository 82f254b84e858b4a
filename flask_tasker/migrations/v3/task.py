"""What version 3 changes of tasks: a column and an index more, and the order of another index."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op

TABLE: Final = "tasker_tasks"
COLUMN: Final = "trace_context"
INITIATOR: Final = conv("ix_tasker_tasks_initiator")
IDENTITY: Final = conv("uq_tasker_tasks_identity")


def add_trace_context(op: Op) -> None:
    """Add it, empty: neither database writes the rows that are there anew for that."""
    op.add_column(TABLE, sa.Column(COLUMN, sa.String(4096)))


def drop_trace_context(op: Op) -> None:
    """Drop it."""
    op.drop_column(TABLE, COLUMN)


def index_initiator(op: Op) -> None:
    """Let a list be by who asked for the tasks, in the order of the keys."""
    op.create_index(INITIATOR, TABLE, ["initiator", "task_id"])


def drop_index_of_initiator(op: Op) -> None:
    """Drop it."""
    op.drop_index(INITIATOR, table_name=TABLE)


def put_time_first(op: Op) -> None:
    """Let the index of what makes a task unique grow at its end; SQLite cannot change it, and keeps it as it is."""
    _identity(op, "identity_minute", "identity_hash")


def put_hash_first(op: Op) -> None:
    """Leave it as version 1 has it."""
    _identity(op, "identity_hash", "identity_minute")


def _identity(op: Op, *columns: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(IDENTITY, TABLE)
        op.create_unique_constraint(IDENTITY, TABLE, list(columns))
