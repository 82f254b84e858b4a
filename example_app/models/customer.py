"""Who buys."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Customer(Model):
    """A customer: one for each e-mail address."""

    __tablename__ = "customers"

    customer_id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(32))
    registered_by: Mapped[str] = mapped_column(String(64))
    """The idempotency key of the step that made the row: another attempt of it knows its own work."""


class BillingAccount(Model):
    """What the payment system knows a customer by."""

    __tablename__ = "billing_accounts"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.customer_id"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(64))


class Preference(Model):
    """What a customer wants to hear from the shop."""

    __tablename__ = "preferences"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.customer_id"), primary_key=True)
    newsletter: Mapped[bool]
