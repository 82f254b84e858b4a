"""flask_tasker tables, version 1: as ``flask tasker db install`` writes it

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

import flask_tasker.migrations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    flask_tasker.migrations.upgrade(op, since=0, to=1)


def downgrade() -> None:
    """Drop the tables."""
    flask_tasker.migrations.downgrade(op, since=1, to=0)
