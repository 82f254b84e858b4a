"""Version 3 of the tables: tasks keep the trace in which they were created, and more lists of them go by an index.

On PostgreSQL a start writes less to the log.
"""

from __future__ import annotations

from ..operations import Op
from . import annotation, task


def upgrade(op: Op) -> None:
    """Add the column and the indexes, and make the index of what is unique anew."""
    # The strongest lock comes with the first of them.
    task.add_trace_context(op)
    task.index(op)
    task.put_time_first(op)
    annotation.index(op)


def downgrade(op: Op) -> None:
    """Drop the column, what it says, and the indexes, and give the others back their shape."""
    task.drop_trace_context(op)
    task.drop_indexes(op)
    task.put_hash_first(op)
    annotation.index_as_before(op)
