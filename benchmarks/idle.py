"""What a fleet costs that has nothing to do."""

from __future__ import annotations

import time
from typing import Any, Final

from benchmarks.counters import cpu_of, memory_of
from benchmarks.lock import alone
from benchmarks.servers import Servers
from benchmarks.workers import bench

PROCESSES: Final = 2
SETTLE_SECONDS: Final = 15.0
"""Longer than a backend keeps what it did to itself: 10 s at most."""

SECONDS: Final = 20.0
TRANSACTIONS: Final = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"


def measure_idle(servers: Servers, *, threads: int) -> dict[str, Any]:
    """CPU of each worker as a share of a core, its memory, and what the database sees of the whole fleet."""
    with bench(servers) as running:
        running.grow(processes=PROCESSES, threads=threads)
        workers = running.fleet.workers()
        with alone():
            time.sleep(SETTLE_SECONDS)
            cpu, seen = [cpu_of(worker) for worker in workers], transactions(running.client.connection)
            time.sleep(SECONDS)
            used = [cpu_of(worker) - before for worker, before in zip(workers, cpu, strict=True)]
            seen = transactions(running.client.connection) - seen
        return {
            "cpu_percent_of_a_core": [round(100 * seconds / SECONDS, 2) for seconds in used],
            "rss_mb": memory_of(workers),
            # Less the one that asked.
            "transactions_per_s": round((seen - 1) / SECONDS, 2),
        }


def transactions(connection: Any) -> int:
    """How many transactions the database has seen."""
    return int(connection.exec_driver_sql(TRANSACTIONS).scalar_one())
