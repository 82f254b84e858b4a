"""What operators watch: receivers of signals that keep figures, and spans of what runs."""

from .extras import has_opentelemetry, has_prometheus

__all__ = ["has_opentelemetry", "has_prometheus"]
