"""One request being worked on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import conv

from ..handlers.request import UNKNOWN
from ..lifecycle import OPEN_TASK, TaskStatus
from .base import Base, Id, Json, UtcDateTime
from .catalogue import NamedTask
from .quoting import listed
from .time_first import TimeFirst
from .words import Words

if TYPE_CHECKING:
    from .step import WorkflowStep

TRACE_CONTEXT: Final = 4_096
"""How long the trace context of a task is at most, in characters."""


def _lists() -> Iterator[sa.Index]:
    """Indexes for lists, each in the order of the keys, so that a page costs what is on it."""
    for name, column in (
        ("named_task", "named_task_id"),
        ("owner", "owner"),
        ("initiator", "initiator"),
        ("requested_at", "requested_at"),
        ("source_system", "source_system"),
        ("status", "status"),
    ):
        yield sa.Index(conv(f"ix_tasker_tasks_{name}"), column, "task_id")
    # A task without tags has no entry. SQLite, which has no GIN, reads the tags of the others from its index alone. It
    # is there on both: Alembic would propose to add or to drop an index that the metadata has for one of them only.
    yield sa.Index(
        conv("ix_tasker_tasks_tags"),
        "tags",
        postgresql_using="gin",
        postgresql_ops={"tags": "jsonb_path_ops"},
        postgresql_where=sa.text("tags <> '[]'::jsonb"),
        sqlite_where=sa.text("tags <> '[]'"),
    )


def _words() -> sa.Index:
    """For a search in the reasons that were given: a task without one has no entry, and costs none."""
    return sa.Index(
        conv("ix_tasker_tasks_reason"),
        Words("reason"),
        postgresql_using="gin",
        postgresql_where=sa.text(f"reason <> '{UNKNOWN}'"),
        # There it is an index of no rows: Alembic would propose to add or to drop one that is on one of them only.
        sqlite_where=sa.text("0"),
    )


class Task(Base):
    """A task: who asked for what and why, and where it stands.

    Two requests of one ``identity_hash`` in one ``identity_minute`` (the database's calendar minute) are the same.
    ``trace_context`` is the trace in which it was created: JSON of what OpenTelemetry's propagators write.
    """

    __tablename__ = "tasker_tasks"
    __table_args__ = (
        sa.PrimaryKeyConstraint("task_id", name=conv("pk_tasker_tasks")),
        sa.ForeignKeyConstraint(
            ["named_task_id"], ["tasker_named_tasks.named_task_id"], name=conv("fk_tasker_tasks_named_task")
        ),
        TimeFirst("identity_hash", "identity_minute", name=conv("uq_tasker_tasks_identity")),
        sa.CheckConstraint(f"status IN ({listed(TaskStatus)})", name=conv("ck_tasker_tasks_status")),
        sa.CheckConstraint(
            "(status = 'complete') = (completed_at IS NOT NULL)", name=conv("ck_tasker_tasks_completed_at")
        ),
        sa.Index(
            conv("ix_tasker_tasks_open"),
            "task_id",
            postgresql_where=sa.text(f"status IN ({listed(OPEN_TASK)})"),
            sqlite_where=sa.text(f"status IN ({listed(OPEN_TASK)})"),
        ),
        *_lists(),
        _words(),
    )

    task_id: Mapped[int] = mapped_column(Id)
    named_task_id: Mapped[int] = mapped_column(Id)
    status: Mapped[str] = mapped_column(sa.String(32))
    context: Mapped[dict[str, Any]] = mapped_column(Json)
    initiator: Mapped[str] = mapped_column(sa.String(128))
    source_system: Mapped[str] = mapped_column(sa.String(128))
    reason: Mapped[str | None] = mapped_column(sa.String(128))
    tags: Mapped[list[str]] = mapped_column(Json)
    bypass_steps: Mapped[list[str]] = mapped_column(Json)
    owner: Mapped[str | None] = mapped_column(sa.String(255))
    correlation_id: Mapped[str | None] = mapped_column(sa.String(255))
    identity_hash: Mapped[str] = mapped_column(sa.String(64))
    identity_minute: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trace_context: Mapped[str | None] = mapped_column(sa.String(TRACE_CONTEXT))

    named_task: Mapped[NamedTask] = relationship(viewonly=True)
    workflow_steps: Mapped[list[WorkflowStep]] = relationship(
        viewonly=True, order_by="WorkflowStep.workflow_step_id", back_populates="task"
    )

    @property
    def complete(self) -> bool:
        """Whether every step is done."""
        return self.status == TaskStatus.COMPLETE
