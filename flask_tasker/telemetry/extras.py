"""Which of the optional libraries are there."""

from __future__ import annotations

from importlib.util import find_spec


def has_prometheus() -> bool:
    """Whether the extra ``prometheus`` is installed."""
    return find_spec("prometheus_client") is not None


def has_opentelemetry() -> bool:
    """Whether the extra ``otel`` is installed. Other packages put things under the same name."""
    return find_spec("opentelemetry") is not None and find_spec("opentelemetry.trace") is not None
