"""The tables of what happened."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, MOMENT


def create(op: Op) -> None:
    """Create the tables of task and step transitions."""
    _task_transitions(op)
    _step_transitions(op)


def _task_transitions(op: Op) -> None:
    op.create_table(
        "tasker_task_transitions",
        sa.Column("task_transition_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("from_status", sa.String(32), nullable=False),
        sa.Column("to_status", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("task_transition_id", name=conv("pk_tasker_task_transitions")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_task_transitions_task"), ondelete="CASCADE"
        ),
    )
    op.create_index(conv("ix_tasker_task_transitions_task"), "tasker_task_transitions", ["task_id"])


def _step_transitions(op: Op) -> None:
    op.create_table(
        "tasker_workflow_step_transitions",
        sa.Column("workflow_step_transition_id", ID, nullable=False),
        sa.Column("workflow_step_id", ID, nullable=False),
        sa.Column("from_status", sa.String(32), nullable=False),
        sa.Column("to_status", sa.String(32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workflow_step_transition_id", name=conv("pk_tasker_workflow_step_transitions")),
        sa.ForeignKeyConstraint(
            ["workflow_step_id"],
            ["tasker_workflow_steps.workflow_step_id"],
            name=conv("fk_tasker_workflow_step_transitions_step"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        conv("ix_tasker_workflow_step_transitions_step"), "tasker_workflow_step_transitions", ["workflow_step_id"]
    )
