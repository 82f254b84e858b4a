"""From the history of sales to a page of insights."""

from __future__ import annotations

from typing import Any, TypedDict

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from flask_tasker import StepRun, TaskHandler, step, task_handler

from ..extensions import db
from ..idempotency import upsert
from ..models import ReportSummary, Sale
from .patience import LOCAL

REPORT_SCHEMA = {
    "type": "object",
    "required": ["report"],
    "properties": {"report": {"type": "string", "minLength": 1, "maxLength": 128}},
}
KEPT = ("delivered", "shipped")


class ReportContext(TypedDict):
    """The name under which the report is published."""

    report: str


class Figures(TypedDict):
    """What one group of sales comes to; a sale that was not kept adds nothing."""

    name: str
    sales: int
    kept: int
    cents: int


class Share(TypedDict):
    """A group's part of the whole."""

    name: str
    revenue_share: float
    kept_share: float


class Ticket(TypedDict):
    """What a kept sale of one group brings."""

    name: str
    cents_per_sale: float


@task_handler("sales_report", dependent_system="shop", schema=REPORT_SCHEMA)
class SalesReport(TaskHandler[ReportContext]):
    """Three views of the same sales, what they say together, and a summary for the front page."""

    @step(retry=LOCAL)
    def extract_categories(self, run: StepRun[ReportContext]) -> list[Figures]:
        """Add up the sales of each category."""
        return _figures_by(Sale.category)

    @step(retry=LOCAL)
    def extract_countries(self, run: StepRun[ReportContext]) -> list[Figures]:
        """Add up the sales of each country."""
        return _figures_by(Sale.country)

    @step(retry=LOCAL)
    def extract_quarters(self, run: StepRun[ReportContext]) -> list[Figures]:
        """Add up the sales of each quarter."""
        return _figures_by(Sale.quarter)

    @step(depends_on=[extract_categories, extract_countries], retry=LOCAL)
    def transform_shares(self, run: StepRun[ReportContext]) -> dict[str, list[Share]]:
        """Say what part of the whole each category and each country is."""
        return {
            "categories": _shares(run.result(self.extract_categories)),
            "countries": _shares(run.result(self.extract_countries)),
        }

    @step(depends_on=[extract_countries, extract_quarters], retry=LOCAL)
    def transform_tickets(self, run: StepRun[ReportContext]) -> dict[str, list[Ticket]]:
        """Say what a sale brings in each country and each quarter."""
        return {
            "countries": _tickets(run.result(self.extract_countries)),
            "quarters": _tickets(run.result(self.extract_quarters)),
        }

    @step(depends_on=[transform_shares, transform_tickets], retry=LOCAL)
    def find_insights(self, run: StepRun[ReportContext]) -> dict[str, Any]:
        """Pick what is worth a headline; before the first sale nothing is."""
        shares, tickets = run.result(self.transform_shares), run.result(self.transform_tickets)
        categories = run.result(self.extract_categories)
        return {
            "sales": sum(group["sales"] for group in categories),
            "cents": sum(group["cents"] for group in categories),
            "best_category": max(shares["categories"], key=lambda share: share["revenue_share"], default=None),
            "most_loyal_country": max(shares["countries"], key=lambda share: share["kept_share"], default=None),
            "dearest_quarter": max(tickets["quarters"], key=lambda ticket: ticket["cents_per_sale"], default=None),
        }

    @step(depends_on=find_insights, retry=LOCAL)
    def publish(self, run: StepRun[ReportContext]) -> dict[str, str]:
        """Put the summary on the front page; published again, it replaces itself."""
        report = run.context["report"]
        upsert(ReportSummary, key="report", report=report, document=run.result(self.find_insights))
        db.session.commit()
        return {"report": report}


def _figures_by(group: InstrumentedAttribute[Any]) -> list[Figures]:
    rows = db.session.execute(
        select(func.coalesce(group, "unknown"), func.count(), _sum_if_kept(1), _sum_if_kept(Sale.cents))
        .group_by(group)
        .order_by(group)
    )
    return [{"name": name, "sales": sales, "kept": int(kept), "cents": int(cents)} for name, sales, kept, cents in rows]


def _sum_if_kept(value: InstrumentedAttribute[int] | int) -> ColumnElement[int]:
    # Goods that were sent back or never sent bring nothing.
    return func.sum(case((Sale.status.in_(KEPT), value), else_=0))


def _shares(groups: list[Figures]) -> list[Share]:
    whole = sum(group["cents"] for group in groups)
    return [
        {
            "name": group["name"],
            "revenue_share": round(group["cents"] / whole, 4) if whole else 0.0,
            "kept_share": round(group["kept"] / group["sales"], 4),
        }
        for group in groups
    ]


def _tickets(groups: list[Figures]) -> list[Ticket]:
    return [
        {"name": group["name"], "cents_per_sale": round(group["cents"] / group["kept"], 2) if group["kept"] else 0.0}
        for group in groups
    ]
