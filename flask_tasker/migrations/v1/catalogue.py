"""The tables of what tasks and steps are called."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, MOMENT


def create(op: Op) -> None:
    """Create the tables of dependent systems, named tasks, named steps, and which has which."""
    _dependent_systems(op)
    _named_tasks(op)
    _named_steps(op)
    _named_tasks_named_steps(op)


def _dependent_systems(op: Op) -> None:
    op.create_table(
        "tasker_dependent_systems",
        sa.Column("dependent_system_id", ID, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dependent_system_id", name=conv("pk_tasker_dependent_systems")),
        sa.UniqueConstraint("name", name=conv("uq_tasker_dependent_systems_name")),
    )


def _named_tasks(op: Op) -> None:
    op.create_table(
        "tasker_named_tasks",
        sa.Column("named_task_id", ID, nullable=False),
        sa.Column("namespace", sa.String(128), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("version", sa.String(128), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("named_task_id", name=conv("pk_tasker_named_tasks")),
        sa.UniqueConstraint("namespace", "name", "version", name=conv("uq_tasker_named_tasks_namespace_name_version")),
    )


def _named_steps(op: Op) -> None:
    op.create_table(
        "tasker_named_steps",
        sa.Column("named_step_id", ID, nullable=False),
        sa.Column("dependent_system_id", ID, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("named_step_id", name=conv("pk_tasker_named_steps")),
        sa.ForeignKeyConstraint(
            ["dependent_system_id"],
            ["tasker_dependent_systems.dependent_system_id"],
            name=conv("fk_tasker_named_steps_dependent_system"),
        ),
        sa.UniqueConstraint("dependent_system_id", "name", name=conv("uq_tasker_named_steps_system_name")),
    )


def _named_tasks_named_steps(op: Op) -> None:
    op.create_table(
        "tasker_named_tasks_named_steps",
        sa.Column("id", ID, nullable=False),
        sa.Column("named_task_id", ID, nullable=False),
        sa.Column("named_step_id", ID, nullable=False),
        sa.Column("skippable", sa.Boolean(), nullable=False),
        sa.Column("default_retryable", sa.Boolean(), nullable=False),
        sa.Column("default_retry_limit", sa.Integer(), nullable=False),
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
