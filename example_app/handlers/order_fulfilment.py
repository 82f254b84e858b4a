"""From a placed order to a parcel on its way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypedDict

from sqlalchemy import update

from flask_tasker import Annotation, PermanentError, StepRun, StepSequence, TaskHandler, step, task_handler

from ..extensions import db, outside
from ..idempotency import insert_once, update_if
from ..models import LedgerEntry, Order, Payment, Product, Reservation, Shipment, WarehouseOrder
from .patience import LOCAL, PATIENT

ORDER_SCHEMA = {
    "type": "object",
    "required": ["order_id"],
    "properties": {"order_id": {"type": "integer", "minimum": 1}},
}


class OrderContext(TypedDict):
    """Which order: everything else is read from the database, as it then is."""

    order_id: int


class ValidOrder(TypedDict):
    """An order that can be worked on."""

    order_id: int
    reference: str
    total_cents: int


class Charge(TypedDict):
    """A payment that was taken."""

    charge_id: str
    cents: int


class Parcel(TypedDict):
    """A parcel that the courier took."""

    parcel_id: str


class Tax(TypedDict):
    """What is owed to the state."""

    entry_id: str
    cents: int


@task_handler("order_fulfilment", dependent_system="shop", schema=ORDER_SCHEMA)
class OrderFulfilment(TaskHandler[OrderContext]):
    """Take the money, take the goods off the shelf, and send them."""

    @step(retry=LOCAL)
    def validate(self, run: StepRun[OrderContext]) -> ValidOrder:
        """Check that the order exists and asks for something."""
        order = db.session.get(Order, run.context["order_id"])
        if order is None:
            raise PermanentError(f"there is no order {run.context['order_id']}")
        if not order.lines:
            raise PermanentError(f"{order.reference} has no lines")
        return {"order_id": order.order_id, "reference": order.reference, "total_cents": order.total_cents}

    @step(depends_on=validate, dependent_system="stock", retry=LOCAL)
    def reserve_stock(self, run: StepRun[OrderContext]) -> dict[str, int]:
        """Take every line off the shelf, or none."""
        order = _order(run)
        for line in order.lines:
            if insert_once(Reservation, order_id=order.order_id, product_id=line.product_id, quantity=line.quantity):
                _take_off_shelf(order, line.product_id, line.quantity)
        lines = len(order.lines)
        db.session.commit()
        return {"lines": lines}

    @step(depends_on=validate, dependent_system="payments", retry=PATIENT, timeout=timedelta(seconds=30))
    def take_payment(self, run: StepRun[OrderContext]) -> Charge:
        """Charge the card, once whatever happens: the payment system knows the attempt's key again."""
        order = _order(run)
        order_id, cents = order.order_id, order.total_cents
        body = {"reference": order.reference, "card": order.card, "cents": cents}
        db.session.rollback()  # No transaction stays open while another system is slow to answer.
        try:
            charge = outside.post("payments", body, key=run.idempotency_key)
        except PermanentError:
            _set_status(order_id, "payment refused")
            raise
        insert_once(Payment, order_id=order_id, charge_id=charge["id"], cents=cents)
        db.session.commit()
        return {"charge_id": charge["id"], "cents": cents}

    @step(
        depends_on=[reserve_stock, take_payment],
        dependent_system="courier",
        retry=PATIENT,
        timeout=timedelta(seconds=30),
    )
    def ship(self, run: StepRun[OrderContext]) -> Parcel:
        """Hand the parcel to the courier."""
        order = _order(run)
        order_id = order.order_id
        body = {"reference": order.reference, "address": order.address}
        db.session.rollback()
        parcel = outside.post("courier", body, key=run.idempotency_key)
        insert_once(Shipment, order_id=order_id, parcel_id=parcel["id"])
        db.session.commit()
        return {"parcel_id": parcel["id"]}

    @step(depends_on=ship, dependent_system="tax", retry=PATIENT, timeout=timedelta(seconds=30))
    def book_tax(self, run: StepRun[OrderContext]) -> Tax:
        """Declare the sale, and write what is owed into the ledger."""
        order = _order(run)
        order_id, net_cents = order.order_id, run.result(self.take_payment)["cents"]
        body = {"reference": order.reference, "country": order.country, "net_cents": net_cents}
        db.session.rollback()
        entry = outside.post("tax", body, key=run.idempotency_key)
        insert_once(LedgerEntry, order_id=order_id, kind="sale", cents=net_cents)
        insert_once(LedgerEntry, order_id=order_id, kind="tax", cents=entry["tax_cents"])
        db.session.commit()
        return {"entry_id": entry["id"], "cents": entry["tax_cents"]}

    @step(depends_on=ship, dependent_system="warehouse", retry=LOCAL, skippable=True)
    def copy_to_warehouse(self, run: StepRun[OrderContext]) -> dict[str, int]:
        """Leave a copy of the order where the warehouse reads."""
        order = _order(run)
        document = _warehouse_document(order, parcel_id=run.result(self.ship)["parcel_id"])
        insert_once(WarehouseOrder, order_id=order.order_id, document=document)
        db.session.commit()
        return {"lines": len(document["lines"])}

    @step(depends_on=[book_tax, copy_to_warehouse], dependent_system="mail", retry=PATIENT)
    def confirm(self, run: StepRun[OrderContext]) -> dict[str, str]:
        """Tell the customer."""
        order = _order(run)
        order_id = order.order_id
        text = f"Your parcel {run.result(self.ship)['parcel_id']} is on its way."
        body = {"reference": order.reference, "to": order.email, "text": text}
        db.session.rollback()
        message = outside.post("mail", body, key=run.idempotency_key)
        _set_status(order_id, "fulfilled")
        return {"message_id": message["id"]}

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        """Leave the parcel's number where the customer service can search for it."""
        for shipped in sequence.complete():
            if shipped.name == "ship":
                yield Annotation("tracking", {"parcel_id": _parcel_id(shipped.results)}, step="ship")


def _order(run: StepRun[OrderContext]) -> Order:
    return db.session.get_one(Order, run.context["order_id"])


def _take_off_shelf(order: Order, product_id: int, quantity: int) -> None:
    taken = update_if(
        update(Product)
        .where(Product.product_id == product_id, Product.stock >= quantity)
        .values(stock=Product.stock - quantity)
    )
    if not taken:
        reference = order.reference
        db.session.rollback()
        raise PermanentError(f"{reference}: fewer than {quantity} of product {product_id} on the shelf")


def _set_status(order_id: int, status: str) -> None:
    db.session.execute(update(Order).where(Order.order_id == order_id).values(status=status))
    db.session.commit()


def _warehouse_document(order: Order, *, parcel_id: str) -> dict[str, Any]:
    lines = [{"product_id": line.product_id, "quantity": line.quantity} for line in order.lines]
    return {"reference": order.reference, "parcel_id": parcel_id, "lines": lines}


def _parcel_id(results: Any) -> str:
    return str(results["parcel_id"])
