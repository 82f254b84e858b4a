"""The table of tasks."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, JSON, MOMENT

OPEN: Final = "status IN ('pending', 'in_progress')"


def create(op: Op) -> None:
    """Create the table of tasks."""
    op.create_table("tasker_tasks", *_columns(), *_constraints())
    op.create_index(
        conv("ix_tasker_tasks_open"),
        "tasker_tasks",
        ["task_id"],
        postgresql_where=sa.text(OPEN),
        sqlite_where=sa.text(OPEN),
    )
    op.create_index(conv("ix_tasker_tasks_named_task"), "tasker_tasks", ["named_task_id"])
    op.create_index(conv("ix_tasker_tasks_owner"), "tasker_tasks", ["owner"])


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("task_id", ID, nullable=False),
        sa.Column("named_task_id", ID, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("context", JSON, nullable=False),
        sa.Column("initiator", sa.String(128), nullable=False),
        sa.Column("source_system", sa.String(128), nullable=False),
        sa.Column("reason", sa.String(128)),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("bypass_steps", JSON, nullable=False),
        sa.Column("owner", sa.String(255)),
        sa.Column("correlation_id", sa.String(255)),
        sa.Column("identity_hash", sa.String(64), nullable=False),
        sa.Column("identity_minute", MOMENT, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT),
    ]


def _constraints() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("task_id", name=conv("pk_tasker_tasks")),
        sa.ForeignKeyConstraint(
            ["named_task_id"], ["tasker_named_tasks.named_task_id"], name=conv("fk_tasker_tasks_named_task")
        ),
        sa.UniqueConstraint("identity_hash", "identity_minute", name=conv("uq_tasker_tasks_identity")),
        sa.CheckConstraint(
            "status IN ('pending', 'in_progress', 'error', 'complete', 'cancelled', 'resolved_manually')",
            name=conv("ck_tasker_tasks_status"),
        ),
        sa.CheckConstraint(
            "(status = 'complete') = (completed_at IS NOT NULL)", name=conv("ck_tasker_tasks_completed_at")
        ),
    ]
