"""What happened: append-only rows, one a change of state."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base, Id, UtcDateTime


class TaskTransition(Base):
    """One change of a task's state, by whom and why."""

    __tablename__ = "tasker_task_transitions"
    __table_args__ = (
        sa.PrimaryKeyConstraint("task_transition_id", name=conv("pk_tasker_task_transitions")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasker_tasks.task_id"], name=conv("fk_tasker_task_transitions_task"), ondelete="CASCADE"
        ),
        sa.Index(conv("ix_tasker_task_transitions_task"), "task_id"),
    )

    task_transition_id: Mapped[int] = mapped_column(Id)
    task_id: Mapped[int] = mapped_column(Id)
    from_status: Mapped[str] = mapped_column(sa.String(32))
    to_status: Mapped[str] = mapped_column(sa.String(32))
    actor: Mapped[str] = mapped_column(sa.String(255))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkflowStepTransition(Base):
    """One change of a step's state: which attempt, under which lease, by whom and why, and the error if any."""

    __tablename__ = "tasker_workflow_step_transitions"
    __table_args__ = (
        sa.PrimaryKeyConstraint("workflow_step_transition_id", name=conv("pk_tasker_workflow_step_transitions")),
        sa.ForeignKeyConstraint(
            ["workflow_step_id"],
            ["tasker_workflow_steps.workflow_step_id"],
            name=conv("fk_tasker_workflow_step_transitions_step"),
            ondelete="CASCADE",
        ),
        sa.Index(conv("ix_tasker_workflow_step_transitions_step"), "workflow_step_id"),
    )

    workflow_step_transition_id: Mapped[int] = mapped_column(Id)
    workflow_step_id: Mapped[int] = mapped_column(Id)
    from_status: Mapped[str] = mapped_column(sa.String(32))
    to_status: Mapped[str] = mapped_column(sa.String(32))
    attempt: Mapped[int] = mapped_column(sa.Integer)
    lease_token: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    actor: Mapped[str] = mapped_column(sa.String(255))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
