"""What tasks and steps are called: rows found or created when a handler is first used."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base, Id, UtcDateTime

NAME = 128


class DependentSystem(Base):
    """A system that steps work against: payments, a courier, the ledger."""

    __tablename__ = "tasker_dependent_systems"
    __table_args__ = (
        sa.PrimaryKeyConstraint("dependent_system_id", name=conv("pk_tasker_dependent_systems")),
        sa.UniqueConstraint("name", name=conv("uq_tasker_dependent_systems_name")),
    )

    dependent_system_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(NAME))
    description: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NamedTask(Base):
    """A kind of task: namespace, name and version."""

    __tablename__ = "tasker_named_tasks"
    __table_args__ = (
        sa.PrimaryKeyConstraint("named_task_id", name=conv("pk_tasker_named_tasks")),
        sa.UniqueConstraint("namespace", "name", "version", name=conv("uq_tasker_named_tasks_namespace_name_version")),
    )

    named_task_id: Mapped[int] = mapped_column(Id)
    namespace: Mapped[str] = mapped_column(sa.String(NAME))
    name: Mapped[str] = mapped_column(sa.String(NAME))
    version: Mapped[str] = mapped_column(sa.String(NAME))
    description: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NamedStep(Base):
    """A kind of step: its name, and the system that it depends on."""

    __tablename__ = "tasker_named_steps"
    __table_args__ = (
        sa.PrimaryKeyConstraint("named_step_id", name=conv("pk_tasker_named_steps")),
        sa.ForeignKeyConstraint(
            ["dependent_system_id"],
            ["tasker_dependent_systems.dependent_system_id"],
            name=conv("fk_tasker_named_steps_dependent_system"),
        ),
        sa.UniqueConstraint("dependent_system_id", "name", name=conv("uq_tasker_named_steps_system_name")),
    )

    named_step_id: Mapped[int] = mapped_column(Id)
    dependent_system_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(NAME))
    description: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NamedTasksNamedStep(Base):
    """That a kind of task has a kind of step, and its defaults there."""

    __tablename__ = "tasker_named_tasks_named_steps"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name=conv("pk_tasker_named_tasks_named_steps")),
        sa.ForeignKeyConstraint(
            ["named_task_id"],
            ["tasker_named_tasks.named_task_id"],
            name=conv("fk_tasker_named_tasks_named_steps_named_task"),
        ),
        sa.ForeignKeyConstraint(
            ["named_step_id"],
            ["tasker_named_steps.named_step_id"],
            name=conv("fk_tasker_named_tasks_named_steps_named_step"),
        ),
        sa.UniqueConstraint("named_task_id", "named_step_id", name=conv("uq_tasker_named_tasks_named_steps")),
    )

    id: Mapped[int] = mapped_column(Id)
    named_task_id: Mapped[int] = mapped_column(Id)
    named_step_id: Mapped[int] = mapped_column(Id)
    skippable: Mapped[bool] = mapped_column(sa.Boolean)
    default_retryable: Mapped[bool] = mapped_column(sa.Boolean)
    default_retry_limit: Mapped[int] = mapped_column(sa.Integer)
