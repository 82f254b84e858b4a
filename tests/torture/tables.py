"""The host's own tables, beside those of the tasks."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

db: Final = SQLAlchemy()

# No constraint keeps anything from being there twice: what is to be proved must not be enforced here.
ledger: Final = db.Table(
    "torture_ledger",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("step_id", sa.BigInteger, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
)
effects: Final = db.Table(
    "torture_effects",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("step_id", sa.BigInteger, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
)
orders: Final = db.Table(
    "torture_orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("task_id", sa.BigInteger, nullable=False),
)

EFFECTS: Final = "torture.effects"
"""Where the app keeps the engine whose every statement is committed at once."""
