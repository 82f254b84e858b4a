"""The figures as text, of this process or of all that share a directory.

In prometheus-client's multiprocess mode (``PROMETHEUS_MULTIPROC_DIR``) each process writes its counters to files there, and
whoever is asked adds up those of all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from .serving import DIRECTORY


class Both(Collector):
    """One after the other."""

    def __init__(self, *collectors: Collector) -> None:
        self._collectors = collectors

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        for collector in self._collectors:
            yield from collector.collect()


def counted(own: CollectorRegistry) -> Collector:
    """The figures of every process that shares the directory, or of this one where there is none."""
    if DIRECTORY not in os.environ:
        return own
    return MultiProcessCollector(CollectorRegistry())


def text_of(collector: Collector, *, accept: str) -> tuple[bytes, str]:
    """The figures as a client wants them by its ``Accept`` header, and the media type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type
