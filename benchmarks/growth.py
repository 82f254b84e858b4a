"""Large graphs: what a step costs in them, by what it costs in a small one."""

from __future__ import annotations

import time
from typing import Any, Final

from benchmarks.lock import alone
from benchmarks.servers import Servers
from benchmarks.workers import Bench, bench
from benchmarks.workloads import WORKLOADS, Workload

LARGE: Final = {"W3": Workload("chain_5000", 1), "W4": Workload("fan_10000", 1)}
PATIENCE: Final = 1_200.0
ROUNDS: Final = 5


def measure_growth(servers: Servers, *, processes: int, threads: int) -> dict[str, Any]:
    """Milliseconds a step, one task at a time, in a graph and in a large one of its shape."""
    small = {workload.name: workload for workload in WORKLOADS}
    found: dict[str, Any] = {}
    with bench(servers) as running:
        running.grow(processes=processes, threads=threads)
        for name, large in LARGE.items():
            with alone():
                per_small = min(milliseconds_per_step(running, small[name]) for _ in range(ROUNDS))
                per_large = milliseconds_per_step(running, large)
            found[large.name] = {
                f"{name}_ms_per_step": per_small,
                "ms_per_step": per_large,
                "ratio": round(per_large / per_small, 3),
            }
    return found


def milliseconds_per_step(running: Bench, workload: Workload) -> float:
    """From the end of its creation to its end, by its steps."""
    task = running.client.start(workload.name)
    began = time.perf_counter()
    running.client.wait([task], pause=0.002, patience=PATIENCE)
    return round(1e3 * (time.perf_counter() - began) / workload.steps, 4)
