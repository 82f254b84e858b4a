"""every order knows the task that fulfils it

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, its key and its index."""
    with op.batch_alter_table("orders") as batch_op:
        batch_op.add_column(sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_orders_task_id"), "tasker_tasks", ["task_id"], ["task_id"])
        batch_op.create_index(batch_op.f("ix_orders_task_id"), ["task_id"])


def downgrade() -> None:
    """Forget which task fulfils which order."""
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_task_id"))
        batch_op.drop_constraint(batch_op.f("fk_orders_task_id"), type_="foreignkey")
        batch_op.drop_column("task_id")
