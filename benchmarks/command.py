"""The command: what is measured, in which order, and where it is written."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.curve import drawn, measure_curve
from benchmarks.dashboard import measure_dashboard
from benchmarks.embedded import measure_embedded
from benchmarks.floor import measure_floor
from benchmarks.growth import measure_growth
from benchmarks.history import TASKS, measure_history
from benchmarks.idle import measure_idle
from benchmarks.long_history import Filled, long_history
from benchmarks.options import RESULTS, Options
from benchmarks.peers import measure_peers
from benchmarks.rest import measure_rest
from benchmarks.safety import measure_safety
from benchmarks.servers import Servers, running_servers
from benchmarks.starts import measure_starts
from benchmarks.table import page
from benchmarks.workers import measure_workers

DEFAULT_THREADS: Final = 8
LATENCIES_IN_SHORT: Final = 30
SCALE_IN_SHORT: Final = 0.2
"""A fifth of the tasks, ours and theirs, so that the comparison fits into ten minutes."""

SHORT: Final = ("floor", "workers", "peers", "starts")

Part = Callable[[], Mapping[str, Any]]


def main(arguments: Sequence[str]) -> int:
    """Measure, write the results, print the tables."""
    wish = parser().parse_args(arguments)
    options = Options(
        repetitions=wish.repetitions or (3 if wish.full else 1),
        scale=wish.scale or (1.0 if wish.full else SCALE_IN_SHORT),
        latencies=50 if wish.full else LATENCIES_IN_SHORT,
        threads=wish.threads or (None if wish.full else DEFAULT_THREADS),
        peers=wish.peers,
        full=wish.full,
    )
    # Told to end, leave no worker and no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with running_servers() as servers, long_history(servers, tasks=wish.history_tasks) as filled:
        offered = parts(servers, options, tasks=wish.history_tasks, filled=filled)
        only = wish.only.split(",") if wish.only else [name for name in offered if wish.full or name in SHORT]
        # In their own order: `history` makes the database anew that `rest` and `dashboard` read.
        chosen = [name for name in offered if name in only]
        results: dict[str, Any] = {"machine": machine()}
        for name in chosen:
            print(time.strftime("%H:%M:%S"), name, flush=True)
            results[name] = offered[name]()
            write(results)
    print(page(results))
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, beside the other engines.")
    peers = os.environ.get("PEERS")
    options.add_argument("--full", action="store_true", help="everything, three times: hours")
    options.add_argument("--only", help="parts, separated by commas")
    options.add_argument("--peers", type=Path, default=Path(peers) if peers else None, help="where they are ($PEERS)")
    options.add_argument("--repetitions", type=int, help="drains of which the median counts (1; 3 with --full)")
    options.add_argument("--scale", type=float, help="a factor on the number of tasks (0.2; 1 with --full)")
    options.add_argument("--threads", type=int, help="of each worker process (8; with --full the best of 4, 8, 16)")
    options.add_argument("--history-tasks", type=int, default=TASKS, help=f"finished tasks in the tables ({TASKS:,})")
    return options


def parts(servers: Servers, options: Options, *, tasks: int, filled: Filled) -> dict[str, Part]:
    """What is measured, in order: ours and theirs as near to each other as can be."""
    threads = options.threads or DEFAULT_THREADS
    short: dict[str, Part] = {
        "floor": lambda: measure_floor(servers, options),
        "workers": lambda: {str(n): measure_workers(servers, options, processes=n) for n in (1, 2)},
        "peers": lambda: measure_peers(servers, options),
        "starts": lambda: measure_starts(servers),
    }
    long: dict[str, Part] = {
        "embedded": lambda: measure_embedded(servers, options),
        "growth": lambda: measure_growth(servers, processes=2, threads=threads),
        "curve": lambda: measure_curve(servers, options, threads=threads),
        "safety": lambda: measure_safety(servers, options, threads=threads),
        "idle": lambda: measure_idle(servers, threads=threads),
        "rest": lambda: measure_rest(servers, filled()),
        "dashboard": lambda: measure_dashboard(filled()),
        "history": lambda: measure_history(servers, options, threads=threads, tasks=tasks),
    }
    return {**short, **long}


def machine() -> dict[str, Any]:
    """Where this was measured."""
    return {
        "when": time.strftime("%Y-%m-%d %H:%M"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def write(results: Mapping[str, Any]) -> None:
    """Keep what is there so far: a run may be broken off."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "results.json").write_text(json.dumps(results, indent=1))
    (RESULTS / "results.md").write_text(page(results))
    if "curve" in results:
        (RESULTS / "curve.svg").write_text(drawn(results["curve"]))
