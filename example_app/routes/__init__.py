"""The shop's own pages; those of its tasks are under ``/tasker``."""

from .customers import customers
from .orders import orders

__all__ = ["customers", "orders"]
