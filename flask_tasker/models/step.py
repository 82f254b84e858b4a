"""One step of one task, and what it waits for."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import conv

from ..lifecycle import OPEN_STEP, PROCESSED_STEP, StepStatus
from .base import Base, Id, Json, UtcDateTime
from .quoting import listed

if TYPE_CHECKING:
    from .task import Task


class WorkflowStep(Base):
    """A step: found by task, name and map index.

    ``next_attempt_at`` is set while the step may be claimed from then on: a pending step whose parents are done, or a
    failed one whose retry is due then. ``leased_until`` is set while a worker runs it, under ``lease_token``. A task
    that is not final always has a step with one of the two, or one that the sweep's questions find.
    """

    __tablename__ = "tasker_workflow_steps"
    __table_args__ = (
        sa.PrimaryKeyConstraint("workflow_step_id", name=conv("pk_tasker_workflow_steps")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_workflow_steps_task"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["named_step_id"], ["tasker_named_steps.named_step_id"], name=conv("fk_tasker_workflow_steps_named_step")
        ),
        sa.UniqueConstraint("task_id", "name", "map_index", name=conv("uq_tasker_workflow_steps_task_name_index")),
        sa.CheckConstraint(f"status IN ({listed(StepStatus)})", name=conv("ck_tasker_workflow_steps_status")),
        sa.CheckConstraint(
            "(status = 'in_progress') = (lease_token IS NOT NULL) AND (lease_token IS NULL) = (leased_until IS NULL)",
            name=conv("ck_tasker_workflow_steps_lease"),
        ),
        sa.CheckConstraint(
            "next_attempt_at IS NULL OR status IN ('pending', 'error')",
            name=conv("ck_tasker_workflow_steps_next_attempt"),
        ),
        sa.CheckConstraint("attempts >= 0 AND retry_limit >= 1", name=conv("ck_tasker_workflow_steps_attempts")),
        sa.CheckConstraint(
            f"(status IN ({listed(PROCESSED_STEP)})) = (processed_at IS NOT NULL)",
            name=conv("ck_tasker_workflow_steps_processed_at"),
        ),
        sa.CheckConstraint(
            f"results IS NULL OR status IN ({listed(PROCESSED_STEP)})", name=conv("ck_tasker_workflow_steps_results")
        ),
        sa.Index(
            conv("ix_tasker_workflow_steps_open"),
            "task_id",
            postgresql_where=sa.text(f"status IN ({listed(OPEN_STEP)})"),
            sqlite_where=sa.text(f"status IN ({listed(OPEN_STEP)})"),
        ),
        sa.Index(
            conv("ix_tasker_workflow_steps_due"),
            "next_attempt_at",
            "workflow_step_id",
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
            sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        ),
        sa.Index(
            conv("ix_tasker_workflow_steps_leased"),
            "leased_until",
            postgresql_where=sa.text("leased_until IS NOT NULL"),
            sqlite_where=sa.text("leased_until IS NOT NULL"),
        ),
    )

    workflow_step_id: Mapped[int] = mapped_column(Id)
    task_id: Mapped[int] = mapped_column(Id)
    named_step_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(128))
    map_index: Mapped[int] = mapped_column(sa.Integer)
    status: Mapped[str] = mapped_column(sa.String(32))
    attempts: Mapped[int] = mapped_column(sa.Integer)
    retry_limit: Mapped[int] = mapped_column(sa.Integer)
    retryable: Mapped[bool] = mapped_column(sa.Boolean)
    skippable: Mapped[bool] = mapped_column(sa.Boolean)
    timeout_seconds: Mapped[float | None] = mapped_column(sa.Float)
    inputs: Mapped[Any | None] = mapped_column(Json)
    results: Mapped[Any | None] = mapped_column(Json)
    error: Mapped[str | None] = mapped_column(sa.Text)
    backoff_request_seconds: Mapped[float | None] = mapped_column(sa.Float)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested_by: Mapped[str | None] = mapped_column(sa.String(255))
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text)
    lease_token: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(sa.String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    task: Mapped[Task] = relationship(viewonly=True, back_populates="workflow_steps")

    @property
    def in_process(self) -> bool:
        """Whether a worker holds the step's lease."""
        return self.leased_until is not None

    @property
    def processed(self) -> bool:
        """Whether the step is complete or was resolved by hand."""
        return self.status in PROCESSED_STEP


class WorkflowStepEdge(Base):
    """That one step waits for another of its task."""

    __tablename__ = "tasker_workflow_step_edges"
    __table_args__ = (
        sa.PrimaryKeyConstraint("parent_step_id", "child_step_id", name=conv("pk_tasker_workflow_step_edges")),
        sa.ForeignKeyConstraint(
            ["parent_step_id"],
            ["tasker_workflow_steps.workflow_step_id"],
            name=conv("fk_tasker_workflow_step_edges_parent"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["child_step_id"],
            ["tasker_workflow_steps.workflow_step_id"],
            name=conv("fk_tasker_workflow_step_edges_child"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("parent_step_id <> child_step_id", name=conv("ck_tasker_workflow_step_edges_apart")),
        sa.Index(conv("ix_tasker_workflow_step_edges_child"), "child_step_id", "parent_step_id"),
    )

    parent_step_id: Mapped[int] = mapped_column(Id, autoincrement=False)
    child_step_id: Mapped[int] = mapped_column(Id, autoincrement=False)
