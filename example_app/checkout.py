"""Placing an order: the order and its task in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from .extensions import db, tasker
from .handlers import OrderFulfilment
from .models import Order, OrderLine, Product


@dataclass(frozen=True, kw_only=True)
class WantedLine:
    """So many of one product."""

    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a customer put into the basket, and where it should go."""

    email: str
    card: str
    address: str
    country: str
    lines: Sequence[WantedLine]


class UnknownProductError(ValueError):
    """The basket holds something that the shop does not sell."""


def place_order(wish: Wish, *, initiator: str = "checkout") -> Order:
    """Write the order and the task that fulfils it, and commit: both are there, or neither is.

    No step starts before the commit, so none can find the order missing.

    Raises:
        UnknownProductError: naming the product; nothing is written.
    """
    order = Order(
        email=wish.email, card=wish.card, address=wish.address, country=wish.country, status="placed", task_id=None
    )
    order.lines = [_line(wanted) for wanted in wish.lines]
    db.session.add(order)
    db.session.flush()  # The order has its number from here on.
    request = OrderFulfilment.request({"order_id": order.order_id}, initiator=initiator, source_system="shop")
    order.task_id = tasker.create_task(request, session=db.session).task_id
    db.session.commit()
    return order


def _line(wanted: WantedLine) -> OrderLine:
    product = db.session.scalar(select(Product).where(Product.sku == wanted.sku))
    if product is None:
        raise UnknownProductError(f"the shop sells no {wanted.sku!r}")
    return OrderLine(product_id=product.product_id, quantity=wanted.quantity, price_cents=product.price_cents)
