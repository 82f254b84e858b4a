"""The counts, for people: as a table on the screen, and as a page of the documentation."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.torture.verdict import Verdict

Rows = Mapping[str, int]

HEAD: Final = """\
# Torture

What the suite in `tests/torture` did to Flask-Tasker, and what came of it. Tasks of ten kinds (chains, diamonds,
trees, merges, fans of 50, and some that fail, hang or kill their process by design) are started at a steady pace on
real services, in part within transactions of the host's. Their steps fail by chance, some are slow, some outlive their
lease, some are transactional and write to a ledger. Meanwhile a monkey does what the tables below count; the clock of
one worker of three is an hour fast; and with PostgreSQL one answer in a hundred to a commit is lost after the commit.
Every choice is drawn from the seed, but for which answers are lost; the timing is the machine's.

At the end each of these is checked of every task, and one fault fails the run:

- it is there once, or not at all where its transaction was rolled back, together with the host's row;
- it is in the state that its kind must come to, and so is each of its steps, with the right results;
- nothing is in progress, leased or due;
- every claim has a token of its own and was ended once, under that token; a complete step was completed once;
- attempts are claims, but for those given back before the handler began;
- its history is one path through the tables of transitions;
- no step was claimed before all its parents were done;
- the ledger has one row of each complete transactional step, of the attempt that completed it, and none of others;
- side effects elsewhere are there at least once for a complete step, and at most once for each counted attempt;
- no thread of a worker died, and every worker stopped when told to.

Run it again with `make torture SECONDS=300 SEED=1`, or rewrite this page with `make torture-report SECONDS=300 SEED=1`.
A run that finds a fault names the tasks, keeps the logs of all processes, and fails.
"""


def table(verdict: Verdict) -> str:
    """The counts of a campaign, to be read on a screen."""
    width = max(len(name) for _, rows in _parts(verdict) for name in rows)
    lines = [_title(verdict)]
    for title, rows in _parts(verdict):
        lines += ["", title, *(f"  {name:<{width}} {number:>8}" for name, number in rows.items())]
    return "\n".join(lines)


def page(verdicts: Sequence[Verdict]) -> str:
    """The page of the documentation."""
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    parts = [HEAD, *(_section(verdict, machine) for verdict in verdicts)]
    return "\n".join(parts)


def _section(verdict: Verdict, machine: str) -> str:
    lines = [f"## {verdict.name}", "", f"Seed {verdict.seed}, {verdict.seconds:g} s; {machine}."]
    for title, rows in _parts(verdict):
        lines += ["", f"| {title} | |", "|---|---:|", *(f"| {name} | {number:,} |" for name, number in rows.items())]
    return "\n".join([*lines, ""])


def _title(verdict: Verdict) -> str:
    result = "every promise kept" if verdict.is_good else f"{len(verdict.faults)} FAULTS"
    return f"{verdict.name}; seed {verdict.seed}, {verdict.seconds:g} s: {result}"


def _parts(verdict: Verdict) -> Iterator[tuple[str, Rows]]:
    yield "What was asked for", verdict.asked
    yield "What the monkey did", verdict.mischief
    waited = {"seconds until the last task ended, once the monkey had": round(verdict.seconds_to_finish)}
    yield "What came of it", {**verdict.outcome, **waited, "faults": len(verdict.faults)}
