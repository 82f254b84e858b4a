"""The tables of steps and of what they wait for."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, JSON, MOMENT

STATUSES: Final = "'pending', 'in_progress', 'error', 'complete', 'cancelled', 'resolved_manually', 'skipped'"
IS_RUNNING: Final = "(status = 'in_progress')"
PROCESSED: Final = "status IN ('complete', 'resolved_manually')"


def create(op: Op) -> None:
    """Create the tables of workflow steps and their edges."""
    op.create_table("tasker_workflow_steps", *_columns(), *_constraints(), *_checks())
    _indexes(op)
    _edges(op)


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("workflow_step_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("named_step_id", ID, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("map_index", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_limit", sa.Integer(), nullable=False),
        sa.Column("retryable", sa.Boolean(), nullable=False),
        sa.Column("skippable", sa.Boolean(), nullable=False),
        sa.Column("timeout_seconds", sa.Float()),
        sa.Column("inputs", JSON),
        sa.Column("results", JSON),
        sa.Column("error", sa.Text()),
        sa.Column("backoff_request_seconds", sa.Float()),
        sa.Column("next_attempt_at", MOMENT),
        sa.Column("last_attempted_at", MOMENT),
        sa.Column("processed_at", MOMENT),
        sa.Column("cancel_requested_at", MOMENT),
        sa.Column("cancel_requested_by", sa.String(255)),
        sa.Column("cancel_reason", sa.Text()),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("leased_until", MOMENT),
        sa.Column("leased_by", sa.String(255)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _constraints() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("workflow_step_id", name=conv("pk_tasker_workflow_steps")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_workflow_steps_task"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["named_step_id"], ["tasker_named_steps.named_step_id"], name=conv("fk_tasker_workflow_steps_named_step")
        ),
        sa.UniqueConstraint("task_id", "name", "map_index", name=conv("uq_tasker_workflow_steps_task_name_index")),
    ]


def _checks() -> list[sa.Constraint]:
    rules = {
        "status": f"status IN ({STATUSES})",
        "lease": f"{IS_RUNNING} = (lease_token IS NOT NULL) AND (lease_token IS NULL) = (leased_until IS NULL)",
        "next_attempt": "next_attempt_at IS NULL OR status IN ('pending', 'error')",
        "attempts": "attempts >= 0 AND retry_limit >= 1",
        "processed_at": f"({PROCESSED}) = (processed_at IS NOT NULL)",
        "results": f"results IS NULL OR {PROCESSED}",
    }
    return [sa.CheckConstraint(rule, name=conv(f"ck_tasker_workflow_steps_{name}")) for name, rule in rules.items()]


def _indexes(op: Op) -> None:
    """Indexes of open work only."""
    for name, columns, rows in (
        ("open", ["task_id"], "status IN ('pending', 'in_progress', 'error')"),
        ("due", ["next_attempt_at", "workflow_step_id"], "next_attempt_at IS NOT NULL"),
        ("leased", ["leased_until"], "leased_until IS NOT NULL"),
    ):
        op.create_index(
            conv(f"ix_tasker_workflow_steps_{name}"),
            "tasker_workflow_steps",
            columns,
            postgresql_where=sa.text(rows),
            sqlite_where=sa.text(rows),
        )


def _edges(op: Op) -> None:
    op.create_table(
        "tasker_workflow_step_edges",
        sa.Column("parent_step_id", ID, nullable=False, autoincrement=False),
        sa.Column("child_step_id", ID, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("parent_step_id", "child_step_id", name=conv("pk_tasker_workflow_step_edges")),
        *(
            sa.ForeignKeyConstraint(
                [f"{end}_step_id"],
                ["tasker_workflow_steps.workflow_step_id"],
                name=conv(f"fk_tasker_workflow_step_edges_{end}"),
                ondelete="CASCADE",
            )
            for end in ("parent", "child")
        ),
        sa.CheckConstraint("parent_step_id <> child_step_id", name=conv("ck_tasker_workflow_step_edges_apart")),
    )
    op.create_index(
        conv("ix_tasker_workflow_step_edges_child"), "tasker_workflow_step_edges", ["child_step_id", "parent_step_id"]
    )
