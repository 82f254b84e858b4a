"""Finished tasks in the tables, filled by statements over sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from benchmarks.databases import execute
from benchmarks.lock import alone
from benchmarks.options import Options
from benchmarks.servers import Servers
from benchmarks.starts import single_starts
from benchmarks.workers import bench, measure, scaled

TASKS: Final = 1_000_000
STATEMENTS: Final = Path(__file__).parent / "sql" / "history.sql"


def fill(url: str, tasks: int) -> None:
    """Add so many finished tasks of W1; one such task must have been started before, for its names."""
    run_script(url, STATEMENTS, tasks=tasks)


def run_script(url: str, path: Path, **values: Any) -> None:
    """Run statements that change many rows, and leave the tables as if that had been long ago."""
    script = path.read_text().format(**values)
    execute(url, *[part for part in script.split(";\n") if part.strip()], "VACUUM ANALYZE", "CHECKPOINT")


def measure_history(servers: Servers, options: Options, *, threads: int, tasks: int = TASKS) -> dict[str, Any]:
    """Every figure on empty tables and on full ones, in turn on one database, and the ratio of the two."""
    found: dict[str, Any] = {"tasks": tasks}
    with bench(servers) as running:
        running.grow(processes=1, threads=threads)
        for state in ("empty", "full"):
            if state == "full":
                fill(running.url, tasks)
            with alone():
                figures = {workload.name: measure(running, workload, options) for workload in scaled(options)}
            found[state] = figures
            found[f"{state}_starts_per_s"] = single_starts(running.client)
    found["ratios"] = {
        name: {
            figure: round(found["full"][name][figure] / found["empty"][name][figure], 3)
            for figure in ("steps_per_s", "latency_p50_ms", "idle_write_transactions_per_task")
        }
        for name in found["full"]
    }
    return found
