"""The handlers' graphs, run in memory: no app, no database, no outside systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from example_app.handlers import DummyTask, OrderFulfilment, SalesReport
from example_app.handlers.order_fulfilment import OrderContext
from example_app.handlers.sales_report import ReportContext
from flask_tasker import PermanentError, RetryableError
from flask_tasker.testing import assert_complete, assert_failed, assert_order, assert_status, run_handler

ORDER: OrderContext = {"order_id": 1}
REPORT: ReportContext = {"report": "front page"}
ORDER_STEPS: Mapping[str, Any] = {
    "validate": {},
    "reserve_stock": {},
    "take_payment": {"charge_id": "payments-1", "cents": 1},
    "ship": {"parcel_id": "courier-1"},
    "book_tax": {},
    "copy_to_warehouse": {},
    "confirm": {},
}
SALES = {"name": "tea", "sales": 10, "kept": 5, "cents": 1000}
MORE_SALES = {"name": "cups", "sales": 10, "kept": 9, "cents": 3000}


@pytest.mark.parametrize("parent", ["reserve_stock", "take_payment"])
def test_an_order_is_shipped_after_both_stock_and_payment(parent: str) -> None:
    report = run_handler(OrderFulfilment, ORDER, answers=ORDER_STEPS)
    assert_complete(report)
    assert_order(report, "validate", parent, "ship")


@pytest.mark.parametrize("parent", ["book_tax", "copy_to_warehouse"])
def test_an_order_is_confirmed_last(parent: str) -> None:
    report = run_handler(OrderFulfilment, ORDER, answers=ORDER_STEPS)
    assert_order(report, "ship", parent, "confirm")


@pytest.mark.parametrize("failing", ["reserve_stock", "take_payment"])
def test_nothing_is_shipped_where_one_of_the_two_fails(failing: str) -> None:
    report = run_handler(OrderFulfilment, ORDER, answers={**ORDER_STEPS, failing: PermanentError("no")})
    assert_failed(report, step=failing, error="no")
    assert_status(report, "pending", "ship", "book_tax", "copy_to_warehouse", "confirm")


def test_a_payment_that_stays_busy_is_given_up_after_five_attempts() -> None:
    report = run_handler(OrderFulfilment, ORDER, answers={**ORDER_STEPS, "take_payment": RetryableError()})
    assert report.steps["take_payment"].attempts == 5


def test_a_shop_without_a_warehouse_bypasses_it() -> None:
    report = run_handler(OrderFulfilment, ORDER, answers=ORDER_STEPS, bypass_steps=["copy_to_warehouse"])
    assert_complete(report)
    assert_status(report, "skipped", "copy_to_warehouse")


def test_a_parcel_leaves_a_note() -> None:
    report = run_handler(OrderFulfilment, ORDER, answers=ORDER_STEPS)
    assert [(note.type, note.data, note.step) for note in report.annotations] == [
        ("tracking", {"parcel_id": "courier-1"}, "ship")
    ]


def test_the_report_picks_the_best_of_what_was_extracted() -> None:
    extracts = ("extract_categories", "extract_countries", "extract_quarters")
    answers = {**{name: [SALES, MORE_SALES] for name in extracts}, "publish": {}}
    insights = run_handler(SalesReport, REPORT, answers=answers).results["find_insights"]
    assert insights == {
        "sales": 20,
        "cents": 4000,
        "best_category": {"name": "cups", "revenue_share": 0.75, "kept_share": 0.9},
        "most_loyal_country": {"name": "cups", "revenue_share": 0.75, "kept_share": 0.9},
        "dearest_quarter": {"name": "cups", "cents_per_sale": 333.33},
    }


@pytest.mark.parametrize(
    ("transform", "parents"),
    [
        ("transform_shares", ("extract_categories", "extract_countries")),
        ("transform_tickets", ("extract_countries", "extract_quarters")),
    ],
)
def test_each_transform_waits_for_two_extracts(transform: str, parents: tuple[str, str]) -> None:
    assert sorted(SalesReport.definition.graph.parents[transform]) == sorted(parents)


def test_the_dummy_task_gives_every_step_its_result() -> None:
    report = run_handler(DummyTask, {"dummy": True})
    assert_complete(report)
    steps = ("step-one", "step-two", "step-three", "step-four")
    assert dict(report.results) == {name: {"dummy": True} for name in steps}
    assert_order(report, "step-two", "step-three", "step-four")
