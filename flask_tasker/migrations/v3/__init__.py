"""Version 3 of the tables: tasks keep the trace in which they were created, and starts write less on PostgreSQL."""

from __future__ import annotations

from ..operations import Op
from . import task


def upgrade(op: Op) -> None:
    """Add the column, and make the index of what is unique anew."""
    # The strongest lock comes with the first of them.
    task.add_trace_context(op)
    task.put_time_first(op)


def downgrade(op: Op) -> None:
    """Drop the column and what it says, and give the index back its shape."""
    task.drop_trace_context(op)
    task.put_hash_first(op)
