"""Version 2 of the tables: keys of requests that are made once, and indexes for lists of tasks."""

from __future__ import annotations

from ..operations import Op
from . import idempotency, task


def upgrade(op: Op) -> None:
    """Create the table of keys and the indexes."""
    idempotency.create(op)
    task.index(op)


def downgrade(op: Op) -> None:
    """Drop them, and give two indexes back the shape that they had."""
    task.index_as_before(op)
    idempotency.drop(op)
