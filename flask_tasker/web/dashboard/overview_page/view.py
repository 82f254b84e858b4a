"""The figures as the page shows them: what is drawn, how much of each list, and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ....store.figures import AttemptKind, Bucket, Crew, Figures, RunningStep, Throughput, WorkerAtWork
from ....typing import HandlerKey
from ..drawing import duration
from .charts import Chart, chart_of

SLOWEST: Final = 10
KINDS: Final = 20
WORKERS: Final = 50
RUNNING: Final = 10


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart, with what it says in words.

    Attributes:
        key: what tells it from the others, for an ``id``.
        span: all of its time, which begins at ``begins``.
        each: how long each of its spans is.
        since: how far the figures reach back, where not over all of it.
    """

    key: str
    title: str
    span: str
    each: str
    begins: str
    buckets: Sequence[Bucket]
    chart: Chart
    since: datetime | None

    @property
    def complete(self) -> int:
        """How many were completed."""
        return sum(bucket.complete for bucket in self.buckets)

    @property
    def failed(self) -> int:
        """How many failed."""
        return sum(bucket.failed for bucket in self.buckets)


@dataclass(frozen=True, kw_only=True)
class Slow:
    """A step among the slowest, and how its median compares with that of the slowest, from 0 to 100."""

    kind: AttemptKind
    median: str
    longest: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Busy:
    """Who runs steps, which of them are listed, and how many more there are.

    Attributes:
        worker: ``None``: processes off the register, or whoever it is, where that is not shown.
    """

    worker: WorkerAtWork | None
    steps: Sequence[RunningStep]
    more: int


def shown(figures: Figures, *, sees_all: bool = True, sees_workers: bool = True) -> dict[str, Any]:
    """The values of the template, for who may see everybody's tasks or only some, and workers or only what they run."""
    crew, kinds = figures.crew, figures.tasks.kinds
    return {
        "figures": figures,
        "panels": list(_panels(figures)),
        "slowest": list(_slowest(figures.attempts.kinds)),
        "kinds": kinds[:KINDS],
        "more_kinds": len(kinds[KINDS:]),
        "sees_all": sees_all,
        "sees_workers": sees_workers,
        "crew": list(_busy(crew) if sees_workers else _running(crew)),
        "more_workers": len(crew.workers[WORKERS:]),
        "living": sum(worker.living for worker in crew.workers),
        "full_name": full_name,
        "ago": lambda moment: duration(max((figures.now - moment).total_seconds(), 0.0)),
    }


def full_name(kind: HandlerKey) -> str:
    """A kind of task as people write it: ``namespace/name@version``."""
    namespace, name, version = kind
    return f"{namespace}/{name}@{version}"


def _panels(figures: Figures) -> Iterator[Panel]:
    for key, title, ended in (("tasks", "Tasks", figures.tasks_ended), ("attempts", "Steps", figures.attempts_ended)):
        words: dict[str, Any] = {"title": title, "span": "the last hour", "each": "5 minutes", "begins": "an hour ago"}
        yield Panel(key=f"{key}-hour", since=_cut(ended, ended.hour), **_drawn(ended.hour), **words)
        words |= {"span": "the last day", "each": "an hour", "begins": "a day ago"}
        yield Panel(key=f"{key}-day", since=_cut(ended, ended.day), **_drawn(ended.day), **words)


def _drawn(buckets: Sequence[Bucket]) -> dict[str, Any]:
    return {"buckets": buckets, "chart": chart_of(buckets)}


def _cut(ended: Throughput, buckets: Sequence[Bucket]) -> datetime | None:
    return ended.since if ended.since is not None and ended.since > buckets[0].begins else None


def _slowest(kinds: Sequence[AttemptKind]) -> Iterator[Slow]:
    timed = [kind for kind in kinds if kind.median_seconds is not None][:SLOWEST]
    for kind in timed:
        longest = timed[0].median_seconds or 1.0
        median = kind.median_seconds or 0.0
        yield Slow(
            kind=kind,
            median=duration(median),
            longest=duration(kind.longest_seconds or 0.0),
            share=round(100 * median / longest, 1),
        )


def _busy(crew: Crew) -> Iterator[Busy]:
    for worker in crew.workers[:WORKERS]:
        yield Busy(worker=worker, steps=worker.steps[:RUNNING], more=len(worker.steps[RUNNING:]))
    if crew.others:
        yield Busy(worker=None, steps=crew.others[:RUNNING], more=len(crew.others[RUNNING:]))


def _running(crew: Crew) -> Iterator[Busy]:
    steps = [step for worker in crew.workers for step in worker.steps] + list(crew.others)
    # In an order of their own: that of the workers tells which of them are run by the same one.
    steps.sort(key=lambda step: (step.since, step.step_id))
    if steps:
        yield Busy(worker=None, steps=steps[:RUNNING], more=len(steps[RUNNING:]))
