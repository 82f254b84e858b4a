"""The figures of one workload: start rate, drain rate, latency on an idle system."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.client import Client
from benchmarks.counters import Counters
from benchmarks.workloads import Workload

DRAIN_POLL: Final = 0.02
LATENCY_POLL: Final = 0.001
BETWEEN: Final = 0.005
ROUND_SECONDS: Final = 8.0
FEWEST: Final = 5

Figures = Mapping[str, float]


def start_rate(client: Client, workload: Workload) -> float:
    """Starts a second, one call each, committed."""
    began = time.perf_counter()
    client.burst(workload.name, workload.number)
    return workload.number / (time.perf_counter() - began)


def drain(client: Client, counters: Counters, workload: Workload) -> Figures:
    """Start them all and wait for the last to be complete: client, workers and services share the machine."""
    before = counters.read()
    began = time.perf_counter()
    ids = client.burst(workload.name, workload.number)
    started = time.perf_counter()
    client.wait(ids, pause=DRAIN_POLL)
    ended = time.perf_counter()
    used = counters.read().since(before)
    steps = workload.number * workload.steps
    return {
        "starts_per_s": workload.number / (started - began),
        "steps_per_s": steps / (ended - began),
        "seconds": ended - began,
        "worker_cpu_ms_per_step": 1e3 * used.worker_cpu / steps,
        "client_cpu_ms_per_step": 1e3 * used.client_cpu / steps,
        "postgresql_cpu_ms_per_step": 1e3 * used.postgresql_cpu / steps,
        "redis_cpu_ms_per_step": 1e3 * used.redis_cpu / steps,
        "write_transactions_per_task": used.write_transactions / workload.number,
        "wal_bytes_per_task": used.wal_bytes / workload.number,
    }


def latencies(client: Client, workload: Workload, runs: int, *, pause: float = BETWEEN) -> list[float]:
    """Milliseconds from the call to the task's end, one task at a time, in order."""
    found: list[float] = []
    give_up = time.monotonic() + ROUND_SECONDS + pause * runs
    for _ in range(runs):
        if time.monotonic() > give_up and len(found) >= FEWEST:
            break
        time.sleep(pause)
        began = time.perf_counter()
        client.wait([client.start(workload.name)], pause=LATENCY_POLL)
        found.append(1e3 * (time.perf_counter() - began))
    return sorted(found)


def latency_figures(client: Client, counters: Counters, workload: Workload, runs: int) -> Figures:
    """Median and 95th percentile, and the write transactions of a task when nothing else goes on."""
    before = counters.read()
    found = latencies(client, workload, runs)
    used = counters.read().since(before)
    return {
        "latency_p50_ms": percentile(found, 0.5),
        "latency_p95_ms": percentile(found, 0.95),
        "idle_write_transactions_per_task": used.write_transactions / len(found),
    }


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def medians(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: round(statistics.median(row[name] for row in rows), 3) for name in rows[0]}
