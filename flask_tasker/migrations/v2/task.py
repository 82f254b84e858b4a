"""The indexes of tasks by which lists are read."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op

TABLE: Final = "tasker_tasks"
REPLACED: Final = {"named_task": "named_task_id", "owner": "owner"}
"""Version 1 has these without the key."""

ADDED: Final = {"status": "status", "requested_at": "requested_at"}


def index(op: Op) -> None:
    """Let each index go on in the order of the keys, and add those of states, times and tags."""
    for name in REPLACED:
        op.drop_index(_full(name), table_name=TABLE)
    for name, column in {**REPLACED, **ADDED}.items():
        op.create_index(_full(name), TABLE, [column, "task_id"])
    op.create_index(
        _full("tags"),
        TABLE,
        ["tags"],
        postgresql_using="gin",
        postgresql_ops={"tags": "jsonb_path_ops"},
        postgresql_where=sa.text("tags <> '[]'::jsonb"),
        sqlite_where=sa.text("tags <> '[]'"),
    )


def index_as_before(op: Op) -> None:
    """Leave the indexes as version 1 has them."""
    for name in ("tags", *ADDED, *REPLACED):
        op.drop_index(_full(name), table_name=TABLE)
    for name, column in REPLACED.items():
        op.create_index(_full(name), TABLE, [column])


def _full(name: str) -> str:
    return conv(f"ix_{TABLE}_{name}")
