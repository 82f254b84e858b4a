"""What the steps of an order leave behind. Every table has a key by which a second attempt finds its own work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Reservation(Model):
    """Stock that was taken off the shelf for an order."""

    __tablename__ = "reservations"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.product_id"), primary_key=True)
    quantity: Mapped[int]


class Payment(Model):
    """A charge to the customer's card."""

    __tablename__ = "payments"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    charge_id: Mapped[str] = mapped_column(String(64))
    cents: Mapped[int]


class Shipment(Model):
    """A parcel on its way."""

    __tablename__ = "shipments"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    parcel_id: Mapped[str] = mapped_column(String(64))


class LedgerEntry(Model):
    """A line of the books: one of each kind an order."""

    __tablename__ = "ledger_entries"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    cents: Mapped[int]


class WarehouseOrder(Model):
    """An order as the warehouse wants it: one JSON document."""

    __tablename__ = "warehouse_orders"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
