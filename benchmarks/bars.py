"""The bars: what a run is held to, each a ratio from one run on one machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PAGE_MS: Final = 100.0
"""In which the server has made a page of the dashboard."""
Results = Mapping[str, Any]


@dataclass(frozen=True)
class Bar:
    """At least so many times the steps per second of an engine, whose results' names begin so."""

    title: str
    peers: str
    least: float


BARS: Final[Sequence[Bar]] = (
    Bar("Oban for Python", "oban", 1.5),
    Bar("DBOS, the best of its modes", "dbos", 5),
    Bar("Celery canvas on Redis (not durable)", "celery_redis", 3),
    Bar("Dramatiq pipelines and groups (nothing recorded)", "dramatiq", 1),
    Bar("Huey on Redis (nothing recorded): the aim", "huey_redis", 1),
)


def ours(results: Results) -> Results:
    """Our figures, in the form of a peer's."""
    starts = results.get("starts", {}).get("single_per_s", {}).get("W1")
    return {"starts_per_s": starts, **results.get("workers", {})}


def best(engines: Results, prefix: str, workload: str) -> float:
    """The rate of the best of those engines at its better number of processes; 0 where there is none."""
    return max(
        (
            figures.get(processes, {}).get(workload, {}).get("steps_per_s", 0.0)
            for name, figures in engines.items()
            if name.startswith(prefix)
            for processes in ("1", "2")
        ),
        default=0.0,
    )


def huey_latency(results: Results) -> float | None:
    """Our idle latency of W1 by Huey's on Redis."""
    mine = ours(results).get("1", {}).get("W1", {}).get("latency_p50_ms")
    theirs = results.get("peers", {}).get("huey_redis", {}).get("1", {}).get("W1", {}).get("latency_p50_ms")
    return mine / theirs if mine and theirs else None
