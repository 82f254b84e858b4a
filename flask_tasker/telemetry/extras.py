"""Which of the optional libraries are there."""

from __future__ import annotations

from importlib.util import find_spec


def has_prometheus() -> bool:
    """Whether the extra ``prometheus`` is installed."""
    return find_spec("prometheus_client") is not None
