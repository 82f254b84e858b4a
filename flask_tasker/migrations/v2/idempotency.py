"""The table of keys under which requests were made."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, MOMENT

TABLE: Final = "tasker_idempotency_keys"


def create(op: Op) -> None:
    """Create the table of keys."""
    op.create_table(
        TABLE,
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("task_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=conv("pk_tasker_idempotency_keys")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_idempotency_keys_task"), ondelete="CASCADE"
        ),
    )
    op.create_index(conv("ix_tasker_idempotency_keys_task"), TABLE, ["task_id"])
    op.create_index(conv("ix_tasker_idempotency_keys_created_at"), TABLE, ["created_at"])


def drop(op: Op) -> None:
    """Drop it."""
    op.drop_table(TABLE)
