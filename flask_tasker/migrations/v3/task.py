"""What version 3 changes of tasks: a column and three indexes more, and the order of another index."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op

TABLE: Final = "tasker_tasks"
COLUMN: Final = "trace_context"
LISTS: Final = {"initiator": conv("ix_tasker_tasks_initiator"), "source_system": conv("ix_tasker_tasks_source_system")}
REASON: Final = conv("ix_tasker_tasks_reason")
GIVEN: Final = sa.text("reason <> 'unknown'")
WORDS: Final = sa.text(
    "to_tsvector('simple'::regconfig, translate(reason::text, '-_./:@&?=+#<>~'::text, '              '::text))"
)
IDENTITY: Final = conv("uq_tasker_tasks_identity")


def add_trace_context(op: Op) -> None:
    """Add it, empty: neither database writes the rows that are there anew for that."""
    op.add_column(TABLE, sa.Column(COLUMN, sa.String(4096)))


def drop_trace_context(op: Op) -> None:
    """Drop it."""
    op.drop_column(TABLE, COLUMN)


def index(op: Op) -> None:
    """Let a list be by who asked for the tasks and from where, in the order of the keys, and by words of reasons.

    SQLite has no index of words: there it is one of no rows.
    """
    for column, name in LISTS.items():
        op.create_index(name, TABLE, [column, "task_id"])
    if on_postgresql(op):
        op.create_index(REASON, TABLE, [WORDS], postgresql_using="gin", postgresql_where=GIVEN)
    else:
        op.create_index(REASON, TABLE, ["reason"], sqlite_where=sa.text("0"))


def drop_indexes(op: Op) -> None:
    """Drop them."""
    for name in (REASON, *LISTS.values()):
        op.drop_index(name, table_name=TABLE)


def put_time_first(op: Op) -> None:
    """Let the index of what makes a task unique grow at its end; SQLite cannot change it, and keeps it as it is."""
    _identity(op, "identity_minute", "identity_hash")


def put_hash_first(op: Op) -> None:
    """Leave it as version 1 has it."""
    _identity(op, "identity_hash", "identity_minute")


def _identity(op: Op, *columns: str) -> None:
    if on_postgresql(op):
        op.drop_constraint(IDENTITY, TABLE)
        op.create_unique_constraint(IDENTITY, TABLE, list(columns))


def on_postgresql(op: Op) -> bool:
    """Whether it is for PostgreSQL."""
    return op.get_context().dialect.name == "postgresql"
