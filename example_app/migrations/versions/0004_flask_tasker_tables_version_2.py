"""flask_tasker tables, version 2: as ``flask tasker db install`` writes it

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

import flask_tasker.migrations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of keys, and indexes for lists."""
    flask_tasker.migrations.upgrade(op, since=1, to=2)


def downgrade() -> None:
    """Take them away."""
    flask_tasker.migrations.downgrade(op, since=2, to=1)
