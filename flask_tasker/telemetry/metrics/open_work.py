"""What is asked of the database when somebody looks: how much there is to do, and by whom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from ...errors import UnavailableError
from ...store.health import Overview

logger = logging.getLogger(__name__)


class OpenWork(Collector):
    """Gauges that are true of the whole fleet, whichever process is asked.

    ``ask`` asks the database. Where it is away, that is said, and the figures are left out: a 0 would be a lie.
    """

    def __init__(self, ask: Callable[[], Overview]) -> None:
        self._ask = ask

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        try:
            found = self._ask()
        except (SQLAlchemyError, UnavailableError) as error:
            logger.warning("metrics: the database did not say how much there is to do: %s", type(error).__name__)
            yield _gauge("tasker_database_up", "Whether the database answered.", 0)
            return
        yield _gauge("tasker_database_up", "Whether the database answered.", 1)
        yield _by_status("tasker_open_tasks", "Tasks that are not at their end.", found.tasks.open)
        yield _by_status("tasker_open_steps", "Steps that wait or run, and failed ones.", found.steps.open)
        oldest = found.oldest_ready_seconds or 0.0
        yield _gauge(
            "tasker_oldest_ready_step_seconds", "How long the step has waited that is due the longest.", oldest
        )
        living = sum(worker.living for worker in found.workers)
        yield _gauge("tasker_workers", "Worker processes that have given a sign of life.", living)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _by_status(name: str, meaning: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, meaning, labels=["status"])
    for status, number in counts.items():
        gauge.add_metric([status], number)
    return gauge
