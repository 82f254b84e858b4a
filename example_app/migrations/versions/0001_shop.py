"""the shop's own tables, from before it had tasks

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "customers",
    "products",
    "sales",
    "report_summaries",
    "orders",
    "billing_accounts",
    "preferences",
    "order_lines",
    "reservations",
    "payments",
    "shipments",
    "ledger_entries",
    "warehouse_orders",
)


def upgrade() -> None:
    """Create the tables, each after those that its foreign keys name."""
    _create_customers()
    _create_products()
    _create_sales()
    _create_orders()
    _create_work_done()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("registered_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email", name=op.f("uq_customers_email")),
    )
    _create_owned("billing_accounts", "customer", sa.Column("reference", sa.String(64), nullable=False))
    _create_owned("preferences", "customer", sa.Column("newsletter", sa.Boolean(), nullable=False))


def _create_products() -> None:
    op.create_table(
        "products",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(32), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_products_stock")),
    )


def _create_sales() -> None:
    op.create_table(
        "sales",
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("country", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("quarter", sa.String(7), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_sales")),
    )
    op.create_table(
        "report_summaries",
        sa.Column("report", sa.String(128), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_report_summaries")),
    )


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("card", sa.String(64), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("country", sa.String(64), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )


def _create_work_done() -> None:
    _create_of_products("order_lines", sa.Column("price_cents", sa.Integer(), nullable=False))
    _create_of_products("reservations")
    _create_owned(
        "payments",
        "order",
        sa.Column("charge_id", sa.String(64), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
    )
    _create_owned("shipments", "order", sa.Column("parcel_id", sa.String(64), nullable=False))
    _create_owned("warehouse_orders", "order", sa.Column("document", sa.JSON(), nullable=False))
    op.create_table(
        "ledger_entries",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_ledger_entries_order_id")),
        sa.PrimaryKeyConstraint("order_id", "kind", name=op.f("pk_ledger_entries")),
    )


def _create_owned(table: str, owner: str, *columns: sa.Column[object]) -> None:
    """One row for each owner: a customer or an order."""
    key = f"{owner}_id"
    op.create_table(
        table,
        sa.Column(key, sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint([key], [f"{owner}s.{key}"], name=op.f(f"fk_{table}_{key}")),
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
    )


def _create_of_products(table: str, *columns: sa.Column[object]) -> None:
    """One row for each product of an order."""
    op.create_table(
        table,
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f(f"fk_{table}_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.product_id"], name=op.f(f"fk_{table}_product_id")),
        sa.PrimaryKeyConstraint("order_id", "product_id", name=op.f(f"pk_{table}")),
    )
