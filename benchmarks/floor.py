"""What PostgreSQL itself reaches: pgbench commits the writes of a step, in one statement, with 8 clients."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks.client import Client
from benchmarks.databases import execute, fresh_postgresql
from benchmarks.history import fill
from benchmarks.lock import alone
from benchmarks.options import Options
from benchmarks.servers import Servers

SQL: Final = Path(__file__).parent / "sql"
CLIENTS: Final = 8
SECONDS: Final = 3
TASKS: Final = 5_000


def measure_floor(servers: Servers, options: Options) -> dict[str, float]:
    """Steps a second: on our tables with our writes, history included, and on a plain table of steps."""
    with fresh_postgresql(servers) as url:
        Client(url, "inline://").start("W1")
        execute(url, "TRUNCATE tasker_tasks, tasker_workflow_steps RESTART IDENTITY CASCADE")
        fill(url, TASKS)
        execute(url, *[part for part in (SQL / "plain.sql").read_text().split(";\n") if part.strip()])
        with alone():
            return {
                "ours_per_s": median_rate(url, SQL / "step.sql", options.repetitions),
                "plain_per_s": median_rate(url, SQL / "plain_step.sql", options.repetitions),
            }


def median_rate(url: str, script: Path, repetitions: int) -> float:
    """Transactions a second, the median of some runs."""
    return statistics.median(rate(url, script) for _ in range(repetitions))


def rate(url: str, script: Path) -> float:
    """Run pgbench once."""
    place = sa.make_url(url)
    environment = {
        **os.environ,
        "PGHOST": place.host or "127.0.0.1",
        "PGPORT": str(place.port or 5432),
        "PGUSER": place.username or "postgres",
        "PGPASSWORD": place.password or "",
    }
    options = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-D", f"tasks={TASKS}"]
    command = [pgbench(), *options, "-f", str(script), place.database or "postgres"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise ValueError(f"pgbench said no rate: {done.stdout}")
    return float(found[1])


def pgbench() -> str:
    """Where it is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    program = str(found[-1]) if found else shutil.which("pgbench")
    if program is None:
        raise FileNotFoundError("the floor needs pgbench: apt-get install postgresql")
    return program
