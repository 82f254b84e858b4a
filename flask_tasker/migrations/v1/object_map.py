"""The table of which thing in one system is which in another."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from ..operations import Op
from .types import ID, MOMENT

TABLE = "tasker_dependent_system_object_maps"


def create(op: Op) -> None:
    """Create the table of object maps, each pair once: the lower system first."""
    op.create_table(TABLE, *_columns(), *_constraints())
    op.create_index(
        conv("ix_tasker_dependent_system_object_maps_two"), TABLE, ["dependent_system_two_id", "remote_id_two"]
    )


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("dependent_system_object_map_id", ID, nullable=False),
        sa.Column("dependent_system_one_id", ID, nullable=False),
        sa.Column("dependent_system_two_id", ID, nullable=False),
        sa.Column("remote_id_one", sa.String(128), nullable=False),
        sa.Column("remote_id_two", sa.String(128), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    ]


def _constraints() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("dependent_system_object_map_id", name=conv("pk_tasker_dependent_system_object_maps")),
        sa.ForeignKeyConstraint(
            ["dependent_system_one_id"],
            ["tasker_dependent_systems.dependent_system_id"],
            name=conv("fk_tasker_dependent_system_object_maps_one"),
        ),
        sa.ForeignKeyConstraint(
            ["dependent_system_two_id"],
            ["tasker_dependent_systems.dependent_system_id"],
            name=conv("fk_tasker_dependent_system_object_maps_two"),
        ),
        sa.UniqueConstraint(
            "dependent_system_one_id",
            "dependent_system_two_id",
            "remote_id_one",
            "remote_id_two",
            name=conv("uq_tasker_dependent_system_object_maps_pair"),
        ),
        sa.CheckConstraint(
            "dependent_system_one_id < dependent_system_two_id",
            name=conv("ck_tasker_dependent_system_object_maps_order"),
        ),
    ]
