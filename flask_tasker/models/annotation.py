"""Searchable JSON notes on tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base, Id, Json, UtcDateTime


class AnnotationType(Base):
    """What a note is about."""

    __tablename__ = "tasker_annotation_types"
    __table_args__ = (
        sa.PrimaryKeyConstraint("annotation_type_id", name=conv("pk_tasker_annotation_types")),
        sa.UniqueConstraint("name", name=conv("uq_tasker_annotation_types_name")),
    )

    annotation_type_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(128))
    description: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TaskAnnotation(Base):
    """One note: of a type, on a task, from one of its steps."""

    __tablename__ = "tasker_task_annotations"
    __table_args__ = (
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
        sa.Index(conv("ix_tasker_task_annotations_type"), "annotation_type_id", "task_id"),
        sa.Index(conv("ix_tasker_task_annotations_step"), "workflow_step_id"),
        # SQLite has no GIN: there it is an index of no rows.
        sa.Index(
            conv("ix_tasker_task_annotations_annotation"),
            "annotation",
            postgresql_using="gin",
            sqlite_where=sa.text("0"),
        ),
    )

    task_annotation_id: Mapped[int] = mapped_column(Id)
    task_id: Mapped[int] = mapped_column(Id)
    annotation_type_id: Mapped[int] = mapped_column(Id)
    workflow_step_id: Mapped[int] = mapped_column(Id)
    annotation: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
