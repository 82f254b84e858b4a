"""Orders are fulfilled, whatever the outside systems answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from example_app.checkout import UnknownProductError, WantedLine, place_order
from example_app.extensions import db
from example_app.models import LedgerEntry, Order, OrderLine, Payment, Reservation, Shipment, WarehouseOrder
from example_app.seed.first_day import STOCK
from flask_tasker.models import Task, TaskAnnotation
from flask_tasker.testing import drain
from tests.example_app.conftest import RETRY_AFTER
from tests.example_app.shopping import order, ordered, step, stock, task_of, wish

TOTAL_CENTS = 5450 + 4 * 990

Done = Callable[[str, str], int]


def test_an_order_ends_paid_shipped_booked_copied_and_confirmed(app: Flask, done: Done) -> None:
    order_id = ordered()
    drain(app)
    assert task_of(order_id).status == "complete"
    assert order(order_id).status == "fulfilled"
    assert db.session.get_one(Payment, order_id).cents == TOTAL_CENTS
    assert db.session.get_one(Shipment, order_id).parcel_id.startswith("courier-")
    assert db.session.get_one(LedgerEntry, (order_id, "tax")).cents == TOTAL_CENTS // 5
    assert len(db.session.get_one(WarehouseOrder, order_id).document["lines"]) == 2
    assert [done(system, f"order-{order_id}") for system in ("payments", "courier", "tax", "mail")] == [1, 1, 1, 1]


def test_an_order_takes_its_lines_off_the_shelf(app: Flask) -> None:
    ordered()
    drain(app)
    assert (stock("TEAPOT"), stock("CUP")) == (STOCK - 1, STOCK - 4)


def test_the_parcel_number_can_be_searched_for(app: Flask) -> None:
    order_id = ordered()
    drain(app)
    note = db.session.scalars(select(TaskAnnotation)).one()
    assert note.annotation == {"parcel_id": db.session.get_one(Shipment, order_id).parcel_id}


@pytest.mark.parametrize(
    ("changes", "system", "failing"),
    [
        ({"card": "card-busy"}, "payments", "take_payment"),
        ({"card": "card-limited"}, "payments", "take_payment"),
        ({"address": "2 Busy Street"}, "courier", "ship"),
        ({"country": "limited"}, "tax", "book_tax"),
        ({"email": "busy@example.org"}, "mail", "confirm"),
    ],
)
def test_a_system_that_says_not_now_is_asked_again(
    app: Flask, done: Done, changes: dict[str, str], system: str, failing: str
) -> None:
    order_id = ordered(**changes)
    drain(app, retries=True)
    assert task_of(order_id).status == "complete"
    assert step(task_of(order_id), failing).attempts == 2
    assert done(system, f"order-{order_id}") == 1


def test_a_card_is_charged_once_though_the_answer_came_too_late(app: Flask, done: Done) -> None:
    app.extensions["outside"].timeout = 0.3
    order_id = ordered(card="card-slow")
    drain(app, retries=True)
    assert task_of(order_id).status == "complete"
    assert step(task_of(order_id), "take_payment").attempts > 1
    assert done("payments", f"order-{order_id}") == 1


def test_retry_after_is_obeyed(app: Flask) -> None:
    order_id = ordered(card="card-limited")
    drain(app)
    waiting = step(task_of(order_id), "take_payment")
    assert waiting.status == "error"
    assert waiting.backoff_request_seconds == RETRY_AFTER
    assert waiting.next_attempt_at is not None
    assert waiting.last_attempted_at is not None
    assert (waiting.next_attempt_at - waiting.last_attempted_at).total_seconds() >= RETRY_AFTER


def test_a_refused_card_is_final_and_the_other_branch_ends(app: Flask, done: Done) -> None:
    order_id = ordered(card="card-refused")
    drain(app, retries=True)
    task = task_of(order_id)
    assert task.status == "error"
    assert (step(task, "take_payment").status, step(task, "take_payment").attempts) == ("error", 1)
    assert step(task, "reserve_stock").status == "complete"
    assert step(task, "ship").status == "pending"
    assert order(order_id).status == "payment refused"
    assert done("payments", f"order-{order_id}") == 0


def test_what_was_done_before_counts_as_done(app: Flask) -> None:
    order_id = ordered(card="card-done", address="4 Done Square")
    drain(app)
    assert task_of(order_id).status == "complete"
    assert step(task_of(order_id), "take_payment").attempts == 1
    assert db.session.get_one(Payment, order_id).charge_id.startswith("payments-")


def test_an_order_of_more_than_is_there_reserves_nothing(app: Flask) -> None:
    order_id = ordered(lines=[WantedLine(sku="CUP", quantity=1), WantedLine(sku="TEAPOT", quantity=STOCK + 1)])
    drain(app, retries=True)
    task = task_of(order_id)
    assert task.status == "error"
    assert step(task, "reserve_stock").attempts == 1
    assert (stock("TEAPOT"), stock("CUP")) == (STOCK, STOCK)
    assert _count(Reservation) == 0


def test_a_basket_with_an_unknown_product_leaves_neither_order_nor_task(app: Flask) -> None:
    with pytest.raises(UnknownProductError, match="NOTHING"):
        place_order(wish(lines=[WantedLine(sku="NOTHING", quantity=1)]))
    db.session.rollback()
    assert (_count(Order), _count(OrderLine), _count(Task)) == (0, 0, 0)


def test_a_checkout_whose_commit_fails_starts_nothing(app: Flask) -> None:
    @event.listens_for(db.session, "before_commit", once=True)
    def fail(_session: object) -> None:
        raise ConnectionError("the database is gone")

    with pytest.raises(ConnectionError):
        place_order(wish())
    db.session.rollback()
    assert drain(app) == 0
    assert (_count(Order), _count(Task)) == (0, 0)


def _count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
