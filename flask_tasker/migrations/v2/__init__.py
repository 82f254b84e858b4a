"""Version 2 of the tables: keys of requests that are made once, and indexes for lists of tasks."""

from __future__ import annotations

from ..operations import Op
from . import idempotency, task


def upgrade(op: Op) -> None:
    """Create the table of keys and the indexes."""
    # The strongest lock on tasks first: who has read a task to change it would wait for us, and we for them.
    task.index(op)
    idempotency.create(op)


def downgrade(op: Op) -> None:
    """Drop them, and give two indexes back the shape that they had."""
    task.index_as_before(op)
    idempotency.drop(op)
