"""W1 to W4 on the worker threads inside the app, in a process of its own: ``python -m benchmarks.embedded``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

from benchmarks.client import Client
from benchmarks.counters import Counters
from benchmarks.databases import environment, fresh_postgresql, fresh_sqlite
from benchmarks.lock import alone
from benchmarks.options import ROOT, Options
from benchmarks.servers import Servers
from benchmarks.timing import drain, latency_figures, medians
from benchmarks.workloads import WORKLOADS

BROKER: Final = "memory://"
WARM_UP: Final = 5


def measure_embedded(servers: Servers, options: Options) -> dict[str, Any]:
    """Every workload on PostgreSQL and on SQLite."""
    with fresh_postgresql(servers) as url:
        on_postgresql = in_a_process(url, options)
    with tempfile.TemporaryDirectory(prefix="tasker-bench-") as home:
        on_sqlite = in_a_process(fresh_sqlite(Path(home)), options)
    return {"postgresql": on_postgresql, "sqlite": on_sqlite}


def in_a_process(url: str, options: Options) -> dict[str, Any]:
    """The figures of one database; the threads end with their process."""
    wish = json.dumps(asdict(options) | {"peers": None})
    command = [sys.executable, "-m", "benchmarks.embedded", url, wish]
    done = subprocess.run(
        command, env=dict(environment(url, BROKER)), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return cast("dict[str, Any]", json.loads(done.stdout.splitlines()[-1]))


def measure_here(url: str, options: Options) -> dict[str, dict[str, float]]:
    """Drains and latency of every workload, client and workers in this process."""
    client = Client(url, BROKER)
    counters = Counters(connection=client.connection)
    found = {}
    for workload in (workload.scaled(options.scale) for workload in WORKLOADS):
        with alone():
            client.wait(client.burst(workload.name, max(3, workload.number // WARM_UP)), pause=0.02)
            drains = [drain(client, counters, workload) for _ in range(options.repetitions)]
            idle = latency_figures(client, counters, workload, options.latencies)
        found[workload.name] = {**medians(drains), **idle}
    return found


def main(arguments: Sequence[str]) -> None:
    """Measure, and print the figures as one line of JSON."""
    url, wish = arguments
    print(json.dumps(measure_here(url, Options(**json.loads(wish)))))


if __name__ == "__main__":
    main(sys.argv[1:])
