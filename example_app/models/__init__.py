"""The shop's own tables."""

from .customer import BillingAccount, Customer, Preference
from .fulfilment import LedgerEntry, Payment, Reservation, Shipment, WarehouseOrder
from .order import Order, OrderLine, Product
from .sale import ReportSummary, Sale

__all__ = [
    "BillingAccount",
    "Customer",
    "LedgerEntry",
    "Order",
    "OrderLine",
    "Payment",
    "Preference",
    "Product",
    "ReportSummary",
    "Reservation",
    "Sale",
    "Shipment",
    "WarehouseOrder",
]
