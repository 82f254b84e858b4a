"""What was sold in earlier years, and what was found out about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Sale(Model):
    """One sale of the imported history; some of the history does not say when."""

    __tablename__ = "sales"

    sale_id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    quarter: Mapped[str | None] = mapped_column(String(7))
    status: Mapped[str] = mapped_column(String(32))
    cents: Mapped[int]


class ReportSummary(Model):
    """A published report: the latest of each name."""

    __tablename__ = "report_summaries"

    report: Mapped[str] = mapped_column(String(128), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
