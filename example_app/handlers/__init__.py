"""The shop's task handlers: importing this package registers them."""

from .customer_registration import CustomerRegistration
from .dummy_task import DummyTask
from .order_fulfilment import OrderFulfilment
from .sales_report import SalesReport

__all__ = ["CustomerRegistration", "DummyTask", "OrderFulfilment", "SalesReport"]
