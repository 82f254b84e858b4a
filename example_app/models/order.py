"""What is bought."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from flask_tasker import models as tasker_models

from ..extensions import Model


class Product(Model):
    """A thing on the shelf."""

    __tablename__ = "products"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock"),)

    product_id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    price_cents: Mapped[int]
    stock: Mapped[int]


class OrderLine(Model):
    """So many of one product, at the price of the day."""

    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.product_id"), primary_key=True)
    quantity: Mapped[int]
    price_cents: Mapped[int]


class Order(Model):
    """An order, and the task that fulfils it."""

    __tablename__ = "orders"

    order_id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    card: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(255))
    country: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(32))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasker_tasks.task_id"), index=True)

    lines: Mapped[list[OrderLine]] = relationship(order_by=OrderLine.product_id)
    # The key leads to this metadata's copy of the tasks' table, the class to the original: hence the explicit join.
    task: Mapped[tasker_models.Task | None] = relationship(
        tasker_models.Task, primaryjoin=lambda: foreign(Order.task_id) == tasker_models.Task.task_id, viewonly=True
    )

    @property
    def reference(self) -> str:
        """What the outside systems know the order by."""
        return f"order-{self.order_id}"

    @property
    def total_cents(self) -> int:
        """The price of all lines."""
        return sum(line.quantity * line.price_cents for line in self.lines)
