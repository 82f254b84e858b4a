"""W1 to W4 over Redis, with worker processes as an operator starts them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from redis import Redis

from benchmarks.client import Client
from benchmarks.counters import Counters, memory_of
from benchmarks.databases import environment, fresh_postgresql
from benchmarks.fleet import Fleet
from benchmarks.lock import alone
from benchmarks.options import Options
from benchmarks.servers import Servers
from benchmarks.timing import drain, latencies, latency_figures, medians, percentile
from benchmarks.workloads import WORKLOADS, Workload

THREADS: Final = (4, 8, 16)
WARM_UP: Final = 5
PAUSE: Final = 2.0
PAUSED_RUNS: Final = 5
READY_POLL: Final = 0.02
READY_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A database, its client, its workers, and what counts their work."""

    url: str
    client: Client
    counters: Counters
    fleet: Fleet

    def grow(self, *, processes: int, threads: int) -> None:
        """Start more workers, and wait until all have signed on: one that still imports takes CPU from the others."""
        before = self.signed_on
        self.fleet.start(processes=processes, threads=threads)
        give_up = time.monotonic() + READY_SECONDS
        while self.signed_on < before + processes:
            if time.monotonic() > give_up:
                raise TimeoutError(f"{self.signed_on - before} of {processes} workers run after {READY_SECONDS:g} s")
            time.sleep(READY_POLL)
        self.client.wait(self.client.burst("W1", 4 * processes), pause=READY_POLL)

    @property
    def signed_on(self) -> int:
        """How many workers are on the register."""
        return int(self.client.connection.exec_driver_sql("SELECT count(*) FROM tasker_workers").scalar_one())


@contextmanager
def bench(servers: Servers, workers: Mapping[str, str] | None = None) -> Iterator[Bench]:
    """An empty database and an empty Redis; no worker yet. ``workers`` is added to their environment."""
    broker = Redis.from_url(servers.redis)
    broker.flushdb()
    with fresh_postgresql(servers) as url:
        client, fleet = Client(url, servers.redis), Fleet({**environment(url, servers.redis), **(workers or {})})
        counters = Counters(connection=client.connection, workers=fleet.tree, redis=broker)
        try:
            yield Bench(url=url, client=client, counters=counters, fleet=fleet)
        finally:
            fleet.stop()


def measure_workers(servers: Servers, options: Options, *, processes: int) -> dict[str, Any]:
    """Every workload with so many worker processes."""
    threads = options.threads or best_threads(servers, processes=processes, scale=options.scale)
    found: dict[str, Any] = {"threads": threads}
    with bench(servers) as running:
        running.grow(processes=processes, threads=threads)
        for workload in scaled(options):
            with alone():
                found[workload.name] = measure(running, workload, options)
        found["rss_mb"] = memory_of(running.fleet.workers())
    return found


def measure(running: Bench, workload: Workload, options: Options) -> dict[str, float]:
    """One workload: a warm-up, drains, then the same one at a time."""
    warm_up(running, workload)
    drains = [drain(running.client, running.counters, workload) for _ in range(options.repetitions)]
    running.client.wait(running.client.burst(workload.name, 1), pause=READY_POLL)
    idle = latency_figures(running.client, running.counters, workload, options.latencies)
    paused = latencies(running.client, workload, PAUSED_RUNS, pause=PAUSE)
    return {**medians(drains), **idle, "latency_after_2s_p50_ms": percentile(paused, 0.5)}


def best_threads(servers: Servers, *, processes: int, scale: float) -> int:
    """Of a few numbers of threads, the one with which W1 and W4 drain the fastest."""
    rates: dict[int, float] = {}
    for threads in THREADS:
        with bench(servers) as running:
            running.grow(processes=processes, threads=threads)
            with alone():
                rates[threads] = score(running, scale)
    return max(rates, key=lambda threads: rates[threads])


def score(running: Bench, scale: float) -> float:
    """The product of the drain rates of W1 and W4."""
    product = 1.0
    for workload in (WORKLOADS[0].scaled(scale), WORKLOADS[3].scaled(scale)):
        warm_up(running, workload)
        product *= drain(running.client, running.counters, workload)["steps_per_s"]
    return product


def warm_up(running: Bench, workload: Workload) -> None:
    """A fifth of them, uncounted."""
    client = running.client
    client.wait(client.burst(workload.name, max(3, workload.number // WARM_UP)), pause=READY_POLL)


def scaled(options: Options) -> Sequence[Workload]:
    """The workloads of this run."""
    return [workload.scaled(options.scale) for workload in WORKLOADS]


def better(one: Mapping[str, Any], two: Mapping[str, Any], workload: str) -> float:
    """The drain rate at the better number of processes."""
    return float(max(one[workload]["steps_per_s"], two[workload]["steps_per_s"]))
