"""The tables of a run, in markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.bars import BARS, PAGE_MS, best, huey_latency, ours
from benchmarks.workloads import WORKLOADS

NAMES = [workload.name for workload in WORKLOADS]
Results = Mapping[str, Any]


def page(results: Results) -> str:
    """Everything that was measured."""
    parts = [rates(results), ratios(results), dashboard(results), *others(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def rates(results: Results) -> str:
    """A line for each engine: rates with one and two worker processes, latency, write transactions, starts."""
    everyone = {"flask_tasker": ours(results), **results.get("peers", {})}
    embedded = results.get("embedded", {})
    everyone |= {f"flask_tasker, embedded on {name}": {"1": figures} for name, figures in embedded.items()}
    head = ["", "steps/s, 1 process, W1 / W2 / W3 / W4", "2 processes", "p50 (p95) ms, W1 / W3", "write tx", "starts/s"]
    return table(head, [line(name, engine) for name, engine in everyone.items()])


def line(name: str, engine: Results) -> list[str]:
    """The figures of one engine."""
    one, two = engine.get("1", {}), engine.get("2", {})
    waits = [
        f"{number(one.get(workload, {}).get('latency_p50_ms'))} ({number(one.get(workload, {}).get('latency_p95_ms'))})"
        for workload in ("W1", "W3")
    ]
    writes = [number(one.get(workload, {}).get("write_transactions_per_task")) for workload in ("W1", "W3")]
    return [name, each(one), each(two), " / ".join(waits), " / ".join(writes), number(engine.get("starts_per_s"))]


def each(figures: Results) -> str:
    """The rates of the four workloads."""
    return " / ".join(number(figures.get(name, {}).get("steps_per_s")) for name in NAMES)


def ratios(results: Results) -> str:
    """Ours by theirs, each at its better number of processes, and the bar."""
    peers = results.get("peers", {})
    rows = []
    for bar in BARS:
        theirs = [best(peers, bar.peers, name) for name in NAMES]
        if any(theirs):
            shares = [
                quotient(best({"": ours(results)}, "", name), rate) for name, rate in zip(NAMES, theirs, strict=True)
            ]
            rows.append([bar.title, " / ".join(shares), f"{bar.least:g}"])
    if latency := huey_latency(results):
        rows.append(["idle latency of W1, by Huey's on Redis", f"{latency:.2f}", "2 or less"])
    for title, share in floor_shares(results).items():
        rows.append([title, share, "0.25"])
    return table(["ours by", "W1 / W2 / W3 / W4", "bar"], rows) if rows else ""


def floor_shares(results: Results) -> dict[str, str]:
    """W1 to W4 by what pgbench reaches."""
    rates = [best({"": ours(results)}, "", name) for name in NAMES]
    return {
        f"pgbench, {name.removesuffix('_per_s')} rows ({floor:.0f}/s)": " / ".join(
            quotient(rate, floor) for rate in rates
        )
        for name, floor in results.get("floor", {}).items()
    }


def dashboard(results: Results) -> str:
    """The pages, each beside its bar."""
    pages = results.get("dashboard", {}).get("pages", {})
    if not pages:
        return ""
    head = [
        f"dashboard, {results['dashboard']['tasks']:,} tasks",
        "median, ms",
        "95th, ms",
        "CPU of the app, ms",
        f"95th under {PAGE_MS:g}",
    ]
    return table(head, [page_line(name, figures) for name, figures in pages.items()])


def page_line(name: str, figures: Results) -> list[str]:
    """The figures of one page; one that was refused is said to be, and counts for nothing."""
    refused = f", refused with {figures['answer']}" if figures["answer"] >= 400 else ""
    is_met = figures["p95_ms"] < PAGE_MS and not refused
    shown = [number(figures[figure]) for figure in ("p50_ms", "p95_ms", "cpu_ms")]
    return [name + refused, *shown, "yes" if is_met else "**no**"]


def others(results: Results) -> Iterable[str]:
    """What has no table of its own yet, as a list of figures."""
    for name, figures in results.items():
        if name not in ("workers", "peers", "embedded", "floor", "dashboard"):
            yield table([name, ""], [[key, value] for key, value in flat(figures)])


def flat(figures: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Each figure with the way to it."""
    if isinstance(figures, Mapping):
        for key, value in figures.items():
            yield from flat(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, number(figures) if isinstance(figures, int | float) else str(figures)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def number(value: float | None) -> str:
    """A figure, with so many places as make sense."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def quotient(one: float, other: float) -> str:
    """One by the other."""
    return f"{one / other:.2f}" if other else "-"
