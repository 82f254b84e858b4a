"""What operators watch: receivers of signals that keep figures."""

from .extras import has_prometheus

__all__ = ["has_prometheus"]
