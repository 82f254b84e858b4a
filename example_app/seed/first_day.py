"""Products on the shelves and the history of sales."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from ..extensions import db
from ..idempotency import insert_once
from ..models import Product, Sale
from .history import sales_history

STOCK = 1000
PRODUCTS = (
    ("KETTLE", "Kettle, 1.7 l", 3995),
    ("TEAPOT", "Teapot, cast iron", 5450),
    ("ASSAM", "Assam, 250 g", 1290),
    ("SENCHA", "Sencha, 100 g", 1875),
    ("CUP", "Cup, stoneware", 990),
)


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """How many rows were added."""

    products: int
    sales: int


def seed() -> Seeded:
    """Add what is missing, and commit. A second call finds all of it there, and fills the shelves up."""
    return Seeded(products=stock_shelves(), sales=load_sales())


def stock_shelves() -> int:
    """Put every product on the shelf, as many as fit, and tell how many products are new."""
    new = sum(insert_once(Product, sku=sku, name=name, price_cents=cents, stock=STOCK) for sku, name, cents in PRODUCTS)
    db.session.execute(update(Product).values(stock=STOCK))
    db.session.commit()
    return new


def load_sales() -> int:
    """Load the history of sales unless it is there, and tell how many rows that were."""
    if db.session.scalar(select(Sale.sale_id).limit(1)) is not None:
        return 0
    rows = list(sales_history())
    db.session.execute(insert(Sale), rows)
    db.session.commit()
    return len(rows)
