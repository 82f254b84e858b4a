"""Baskets, and what became of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from example_app.checkout import WantedLine, Wish, place_order
from example_app.extensions import db
from example_app.models import Order, Product
from flask_tasker.models import Task, WorkflowStep


def wish(**changes: Any) -> Wish:
    """A basket that meets with nothing special, but for ``changes``."""
    plain = {
        "email": "ada@example.org",
        "card": "card-4242",
        "address": "1 High Street",
        "country": "Portugal",
        "lines": [WantedLine(sku="TEAPOT", quantity=1), WantedLine(sku="CUP", quantity=4)],
    }
    return Wish(**{**plain, **changes})


def ordered(**changes: Any) -> int:
    """Place an order, and give its number."""
    return place_order(wish(**changes)).order_id


def order(order_id: int) -> Order:
    """The order as it now is."""
    db.session.expire_all()
    return db.session.get_one(Order, order_id)


def task_of(order_id: int) -> Task:
    """The order's task as it now is."""
    task = order(order_id).task
    assert task is not None
    return task


def step(task: Task, name: str) -> WorkflowStep:
    """One step of a task."""
    return next(step for step in task.workflow_steps if step.name == name)


def stock(sku: str) -> int:
    """How many are left."""
    db.session.expire_all()
    return db.session.scalars(select(Product.stock).where(Product.sku == sku)).one()
