"""All figures that are kept or asked for, as Prometheus has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_tasker.store.health import Counts, Overview
from flask_tasker.telemetry.metrics.families import Families
from flask_tasker.telemetry.metrics.open_work import OpenWork

NONE: Final = Counts(open={}, ended={})
NOTHING: Final = Overview(tasks=NONE, steps=NONE, oldest_ready_seconds=None, workers=())


def figures() -> Mapping[str, str]:
    """What each means, by its name."""
    metrics = [*Families().registry.collect(), *OpenWork(lambda: NOTHING).collect()]
    return {
        f"{metric.name}_total" if metric.type == "counter" else metric.name: metric.documentation for metric in metrics
    }
