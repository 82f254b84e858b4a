"""Which version of the tables a database has."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base


class SchemaVersion(Base):
    """A single row that the migration functions keep: the version they last brought the tables to."""

    __tablename__ = "tasker_schema_version"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name=conv("pk_tasker_schema_version")),
        sa.CheckConstraint("id = 1", name=conv("ck_tasker_schema_version_single")),
    )

    id: Mapped[int] = mapped_column(sa.Integer, autoincrement=False)
    version: Mapped[int] = mapped_column(sa.Integer)
