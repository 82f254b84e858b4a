"""Which thing in one system is which in another."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base, Id, UtcDateTime


class DependentSystemObjectMap(Base):
    """An id in system one that is the same thing as an id in system two.

    Order does not matter: the pair is stored with the lower system id first, so that each is there once.
    """

    __tablename__ = "tasker_dependent_system_object_maps"
    __table_args__ = (
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
        sa.Index(conv("ix_tasker_dependent_system_object_maps_two"), "dependent_system_two_id", "remote_id_two"),
    )

    dependent_system_object_map_id: Mapped[int] = mapped_column(Id)
    dependent_system_one_id: Mapped[int] = mapped_column(Id)
    dependent_system_two_id: Mapped[int] = mapped_column(Id)
    remote_id_one: Mapped[str] = mapped_column(sa.String(128))
    remote_id_two: Mapped[str] = mapped_column(sa.String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
