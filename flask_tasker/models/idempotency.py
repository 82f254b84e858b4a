"""Which requests were made under a key of the client's, so that one that is repeated makes no second task."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base, Id, UtcDateTime


class IdempotencyKey(Base):
    """A key that was used: by its hash, with a hash of what was asked for under it, and the task that came of it.

    ``task_id`` is NULL only within the transaction that makes the task; a task that is deleted takes its keys along.
    """

    __tablename__ = "tasker_idempotency_keys"
    __table_args__ = (
        sa.PrimaryKeyConstraint("key_hash", name=conv("pk_tasker_idempotency_keys")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_idempotency_keys_task"), ondelete="CASCADE"
        ),
        sa.Index(conv("ix_tasker_idempotency_keys_task"), "task_id"),
        sa.Index(conv("ix_tasker_idempotency_keys_created_at"), "created_at"),
    )

    key_hash: Mapped[str] = mapped_column(sa.String(64))
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    task_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
