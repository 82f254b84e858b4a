"""The report says what the history of sales says."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from sqlalchemy import func, insert, select

from example_app.extensions import db, tasker
from example_app.handlers import SalesReport
from example_app.handlers.sales_report import KEPT
from example_app.models import ReportSummary, Sale
from example_app.seed import load_sales
from example_app.seed.history import sales_history
from flask_tasker.testing import drain


def test_the_history_has_fifty_thousand_sales() -> None:
    assert sum(1 for _row in sales_history()) == 50_000


def test_a_history_that_is_there_is_not_loaded_again(app: Flask) -> None:
    db.session.execute(insert(Sale), next(sales_history()))
    assert load_sales() == 0
    assert db.session.scalar(select(func.count()).select_from(Sale)) == 1


def test_the_published_summary_agrees_with_a_count_by_hand(app: Flask) -> None:
    load_sales()
    tasker.create_task(SalesReport.request({"report": "front page"}))
    drain(app)
    summary = db.session.get_one(ReportSummary, "front page").document
    kept = [row for row in sales_history() if row["status"] in KEPT]
    by_category: Counter[str] = Counter()
    for row in kept:
        by_category[row["category"]] += row["cents"]
    assert summary["sales"] == 50_000
    assert summary["cents"] == by_category.total()
    assert summary["best_category"]["name"] == by_category.most_common(1)[0][0]


def test_a_report_on_no_sales_is_empty_and_published(app: Flask) -> None:
    tasker.create_task(SalesReport.request({"report": "first day"}))
    drain(app)
    assert db.session.get_one(ReportSummary, "first day").document["sales"] == 0
