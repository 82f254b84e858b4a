"""Keeping figures, where the library for them is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from ..config import Settings
from ..store.health import Overview
from ..telemetry import has_prometheus

if TYPE_CHECKING:
    from ..telemetry.metrics.metrics import Metrics


def metrics_of(app: Flask, settings: Settings, ask: Callable[[], Overview]) -> Metrics | None:
    """The metrics of ``app``; ``None`` where they are switched off, or the extra is missing."""
    if not settings.metrics or not has_prometheus():
        return None
    # Here and not above: the extra may be missing.
    from ..telemetry.metrics.metrics import Metrics  # noqa: PLC0415

    return Metrics(app, ask)
