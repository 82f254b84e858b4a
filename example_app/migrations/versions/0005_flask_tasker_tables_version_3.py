"""flask_tasker tables, version 3: as ``flask tasker db install`` writes it

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

import flask_tasker.migrations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column of the trace."""
    flask_tasker.migrations.upgrade(op, since=2, to=3)


def downgrade() -> None:
    """Take it away."""
    flask_tasker.migrations.downgrade(op, since=3, to=2)
