"""Version 3 of the tables: tasks keep the trace in which they were created."""

from __future__ import annotations

from ..operations import Op
from . import task


def upgrade(op: Op) -> None:
    """Add the column."""
    task.add_trace_context(op)


def downgrade(op: Op) -> None:
    """Drop it, and what it says."""
    task.drop_trace_context(op)
