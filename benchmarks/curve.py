"""How the rate grows with the fleet: 1 to 8 worker processes in up to four groups, as on four hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.chart import line_chart
from benchmarks.lock import alone
from benchmarks.options import Options
from benchmarks.servers import Servers
from benchmarks.timing import drain, medians
from benchmarks.workers import bench, scaled, warm_up

GROUPS: Final = 4
SIZES: Final = (1, 2, 3, 4, 6, 8)


def measure_curve(servers: Servers, options: Options, *, threads: int) -> dict[str, Any]:
    """W1 and W4 at each size of the fleet, with what each side took."""
    return {str(size): at_size(servers, options, size=size, threads=threads) for size in SIZES}


def at_size(servers: Servers, options: Options, *, size: int, threads: int) -> dict[str, Any]:
    """One point of the curve."""
    found = {}
    with bench(servers) as running:
        for processes in spread(size):
            running.grow(processes=processes, threads=threads)
        for workload in scaled(options)[::3]:
            with alone():
                warm_up(running, workload)
                drains = [drain(running.client, running.counters, workload) for _ in range(options.repetitions)]
            found[workload.name] = medians(drains)
    return found


def drawn(found: Mapping[str, Any]) -> str:
    """The curve as SVG."""
    names = sorted({name for figures in found.values() for name in figures})
    lines = {name: {int(size): found[size][name]["steps_per_s"] for size in found} for name in names}
    return line_chart(lines, across="worker processes of 8 threads, in up to four groups", up="steps a second")


def spread(size: int) -> list[int]:
    """How many processes each group has, as evenly as can be."""
    groups = min(GROUPS, size)
    return [size // groups + (group < size % groups) for group in range(groups)]
