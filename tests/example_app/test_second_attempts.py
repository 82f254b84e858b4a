"""A step that is run twice, as after a crash between its work and its record, does its work once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from example_app.checkout import place_order
from example_app.extensions import db
from example_app.handlers import CustomerRegistration, OrderFulfilment, SalesReport
from example_app.handlers.customer_registration import Registration
from example_app.handlers.order_fulfilment import OrderContext
from example_app.handlers.sales_report import ReportContext
from example_app.models import Customer, LedgerEntry, Payment, ReportSummary, Shipment, WarehouseOrder
from example_app.seed.first_day import STOCK
from flask_tasker import PermanentError, StepRun
from tests.example_app.shopping import stock, wish

RESULTS = {"take_payment": {"charge_id": "payments-1", "cents": 9410}, "ship": {"parcel_id": "courier-1"}}


@pytest.fixture
def run(app: Flask) -> StepRun[OrderContext]:
    """An attempt at a step of an order, with the results of the steps before it."""
    order_id = place_order(wish()).order_id
    return StepRun(
        context={"order_id": order_id}, task_id=7, step_id=3, parents=tuple(RESULTS), load_result=RESULTS.__getitem__
    )


def test_stock_is_reserved_once(run: StepRun[OrderContext]) -> None:
    for _attempt in range(2):
        OrderFulfilment().reserve_stock(run)
    assert (stock("TEAPOT"), stock("CUP")) == (STOCK - 1, STOCK - 4)


def test_the_ledger_has_one_sale_and_one_tax(run: StepRun[OrderContext]) -> None:
    first, second = (OrderFulfilment().book_tax(run) for _attempt in range(2))
    assert first == second
    assert _count(LedgerEntry) == 2


def test_the_payment_the_parcel_and_the_copy_are_the_same_again(run: StepRun[OrderContext]) -> None:
    handler = OrderFulfilment()
    for step in (handler.take_payment, handler.ship, handler.copy_to_warehouse):
        assert step(run) == step(run)
    assert (_count(Payment), _count(Shipment), _count(WarehouseOrder)) == (1, 1, 1)


def test_a_customer_is_opened_once_and_the_address_is_taken_for_others(app: Flask) -> None:
    form = Registration(email="ada@example.org", name="Ada", card="card-4242")
    handler = CustomerRegistration()
    mine, other = (StepRun(context=form, task_id=task_id, step_id=1) for task_id in (1, 2))
    assert handler.open_account(mine) == handler.open_account(mine)
    with pytest.raises(PermanentError, match=r"ada@example\.org"):
        handler.open_account(other)
    assert _count(Customer) == 1


def test_a_report_published_again_replaces_itself(app: Flask) -> None:
    for sales in (1, 2):
        run: StepRun[ReportContext] = StepRun(
            context={"report": "front page"},
            parents=["find_insights"],
            load_result={"find_insights": {"sales": sales}}.__getitem__,
        )
        SalesReport().publish(run)
    db.session.expire_all()
    assert db.session.scalars(select(ReportSummary.document)).all() == [{"sales": 2}]


def _count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
