"""Which worker processes are alive."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from .base import Base, UtcDateTime


class Worker(Base):
    """A worker process: seen at each of its sweeps, whose pace follows from how many workers live.

    It lives until ``expected_by``, which it sets itself by its own pace: in a large fleet each is seen less often.
    """

    __tablename__ = "tasker_workers"
    __table_args__ = (
        sa.PrimaryKeyConstraint("name", name=conv("pk_tasker_workers")),
        sa.Index(conv("ix_tasker_workers_expected_by"), "expected_by"),
    )

    name: Mapped[str] = mapped_column(sa.String(255))
    threads: Mapped[int] = mapped_column(sa.Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expected_by: Mapped[datetime] = mapped_column(UtcDateTime)
