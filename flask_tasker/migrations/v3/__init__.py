"""Version 3 of the tables: tasks keep the trace in which they were created, and are found by who asked for them.

On PostgreSQL a start writes less to the log.
"""

from __future__ import annotations

from ..operations import Op
from . import task


def upgrade(op: Op) -> None:
    """Add the column and the index, and make the index of what is unique anew."""
    # The strongest lock comes with the first of them.
    task.add_trace_context(op)
    task.index_initiator(op)
    task.put_time_first(op)


def downgrade(op: Op) -> None:
    """Drop the column, what it says, and the index, and give the other index back its shape."""
    task.drop_trace_context(op)
    task.drop_index_of_initiator(op)
    task.put_hash_first(op)
