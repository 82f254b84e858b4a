"""What each safety costs: the same drains with one of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from benchmarks.databases import execute
from benchmarks.lock import alone
from benchmarks.options import Options
from benchmarks.servers import Servers
from benchmarks.timing import drain, medians
from benchmarks.workers import bench, warm_up
from benchmarks.workloads import Workload

NUMBERS: Final = {"W1": 500, "W3": 200}
HISTORY: Final = ("tasker_workflow_step_transitions", "tasker_task_transitions")
NOTHING: Final = "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
THROW_AWAY: Final = "CREATE TRIGGER nothing BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION nothing()"


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One thing that is not as it is by default."""

    database: Mapping[str, str] = field(default_factory=dict)
    history: bool = True
    workers: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


VARIANTS: Final[Mapping[str, Variant]] = {
    "as it is": Variant(),
    "synchronous_commit off: the last moments before a crash of the server are lost": Variant(
        database={"synchronous_commit": "off"}
    ),
    "no history rows (a trigger throws them away)": Variant(history=False),
    "a heartbeat every 0.1 s instead of every 10 s": Variant(workers={"FLASK_TASKER_LEASE_SECONDS": "0.3"}),
    "an annotation after every step": Variant(suffix="_annotated"),
    "no prepared statements, no groups": Variant(workers={"FLASK_TASKER_PREPARED_STATEMENTS": "false"}),
}


def measure_safety(servers: Servers, options: Options, *, threads: int) -> dict[str, Any]:
    """Steps a second of W1 and W3 with each variant, one worker process."""
    return {name: with_variant(servers, options, variant, threads=threads) for name, variant in VARIANTS.items()}


def with_variant(servers: Servers, options: Options, variant: Variant, *, threads: int) -> dict[str, float]:
    """The rates of one of them."""
    found = {}
    with bench(servers, variant.workers) as running, settings_of(running.url, variant):
        running.grow(processes=1, threads=threads)
        for name, number in NUMBERS.items():
            workload = Workload(name + variant.suffix, number).scaled(options.scale)
            with alone():
                warm_up(running, workload)
                drains = [drain(running.client, running.counters, workload) for _ in range(options.repetitions)]
            found[name] = medians(drains)["steps_per_s"]
    return found


@contextmanager
def settings_of(url: str, variant: Variant) -> Iterator[None]:
    """The database as the variant wants it, for whoever connects from here on; the database is dropped afterwards."""
    name = sa.make_url(url).database
    execute(url, *[f"ALTER DATABASE {name} SET {setting} = {value}" for setting, value in variant.database.items()])
    if not variant.history:
        execute(url, NOTHING, *[THROW_AWAY.format(table=table) for table in HISTORY])
    yield
