"""How the shop talks to the systems outside of it."""

from .answer import understood
from .client import Outside

__all__ = ["Outside", "understood"]
