"""How many tasks one thread starts a second: one call each, and in bulk."""

from __future__ import annotations

import time
from typing import Any, Final

from benchmarks.client import Client
from benchmarks.databases import fresh_postgresql
from benchmarks.lock import alone
from benchmarks.servers import Servers
from benchmarks.shop import tasker
from benchmarks.timing import start_rate
from benchmarks.workloads import WORKLOADS

BULK: Final = 1_000
ROUNDS: Final = 3
WARM_UP: Final = 20


def measure_starts(servers: Servers) -> dict[str, Any]:
    """Starts a second of each workload with no worker running, and of W1 in bulk."""
    with fresh_postgresql(servers) as url:
        client = Client(url, servers.redis)
        client.burst("W1", WARM_UP)
        with alone():
            single = {workload.name: start_rate(client, workload) for workload in WORKLOADS}
            bulk = bulk_starts(client)
        client.close()
    return {"single_per_s": single, "bulk_per_s": bulk, "bulk_ratio": round(bulk / single["W1"], 2)}


def single_starts(client: Client) -> float:
    """W1, one call each; the workers run meanwhile, and are done when this returns."""
    with alone():
        began = time.perf_counter()
        ids = client.burst("W1", WORKLOADS[0].number)
        rate = len(ids) / (time.perf_counter() - began)
        client.wait(ids, pause=0.02)
    return rate


def bulk_starts(client: Client) -> float:
    """W1 by ``create_tasks``, the best of a few rounds of a thousand."""
    rates = []
    for _ in range(ROUNDS):
        requests = [client.request("W1") for _ in range(BULK)]
        began = time.perf_counter()
        tasker.create_tasks(requests)
        rates.append(BULK / (time.perf_counter() - began))
    return max(rates)
