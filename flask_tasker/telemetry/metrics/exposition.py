"""The figures as text, of this process or of all that share a directory.

In prometheus-client's multiprocess mode (``PROMETHEUS_MULTIPROC_DIR``) each process writes its counters to files there,
and whoever is asked adds up those of all.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from .directory import DIRECTORY


def counted(own: CollectorRegistry) -> Collector:
    """The figures of every process that shares the directory, or of this one where there is none."""
    if DIRECTORY not in os.environ:
        return own
    # Its authors left it untyped.
    collector: Collector = MultiProcessCollector(CollectorRegistry())  # type: ignore[no-untyped-call]
    return collector


def text_of(*collectors: Collector, accept: str) -> tuple[bytes, str]:
    """The figures as a client wants them by its ``Accept`` header, and the media type."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type
