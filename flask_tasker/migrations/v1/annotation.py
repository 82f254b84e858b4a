"""The tables of notes on tasks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, JSON, MOMENT


def create(op: Op) -> None:
    """Create the tables of annotation types and task annotations."""
    op.create_table(
        "tasker_annotation_types",
        sa.Column("annotation_type_id", ID, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("annotation_type_id", name=conv("pk_tasker_annotation_types")),
        sa.UniqueConstraint("name", name=conv("uq_tasker_annotation_types_name")),
    )
    _task_annotations(op)
    op.create_index(conv("ix_tasker_task_annotations_type"), "tasker_task_annotations", ["annotation_type_id"])
    op.create_index(conv("ix_tasker_task_annotations_step"), "tasker_task_annotations", ["workflow_step_id"])


def _task_annotations(op: Op) -> None:
    op.create_table(
        "tasker_task_annotations",
        sa.Column("task_annotation_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("annotation_type_id", ID, nullable=False),
        sa.Column("workflow_step_id", ID, nullable=False),
        sa.Column("annotation", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("task_annotation_id", name=conv("pk_tasker_task_annotations")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_task_annotations_task"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["annotation_type_id"],
            ["tasker_annotation_types.annotation_type_id"],
            name=conv("fk_tasker_task_annotations_type"),
        ),
        sa.ForeignKeyConstraint(
            ["workflow_step_id"],
            ["tasker_workflow_steps.workflow_step_id"],
            name=conv("fk_tasker_task_annotations_step"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "task_id", "annotation_type_id", "workflow_step_id", name=conv("uq_tasker_task_annotations_task_type_step")
        ),
    )
