"""A time line: a line for each step, with a bar for each thing that it did, over an axis of round times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .clipping import clipped
from .spans import Progress, Span, spans_of
from .ticks import Tick, duration, ticks

WIDTH: Final = 960
NAMES: Final = 190
"""Pixels, for the names of the steps; ``NAME`` is how many characters of one fit."""
NAME: Final = 24
END: Final = 36
LINE: Final = 22
BAR: Final = 12
AXIS: Final = 26
NARROWEST: Final = 2.0
_SHORTEST: Final = 0.001


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A span as it is drawn: where it begins and how wide it is, in pixels; ``title`` says it in words."""

    x: float
    width: float
    span: Span
    title: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step's bars, ``y`` pixels from the top; ``name`` as it fits, ``title`` with all of it."""

    name: str
    title: str
    status: str
    y: int
    bars: Sequence[Bar]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The whole, in pixels. ``ticks`` stand at ``tick_places``."""

    width: int
    height: int
    lines: Sequence[Line]
    ticks: Sequence[Tick]
    tick_places: Sequence[float]
    seconds: float


def timeline(steps: Sequence[Progress], *, now: float) -> Timeline:
    """Draw what ``steps`` did until ``now``, in seconds after their task was requested."""
    spans = [spans_of(step, now=now) for step in steps]
    seconds = max((span.end for line in spans for span in line), default=0.0)
    scale = (WIDTH - NAMES - END) / max(seconds, _SHORTEST)
    marks = ticks(max(seconds, _SHORTEST))
    return Timeline(
        width=WIDTH,
        height=AXIS + LINE * len(steps) + BAR // 2,
        lines=[_line(step, line, number, scale) for number, (step, line) in enumerate(zip(steps, spans, strict=True))],
        ticks=marks,
        tick_places=[_place(mark.at, scale) for mark in marks],
        seconds=seconds,
    )


def _line(step: Progress, spans: Sequence[Span], number: int, scale: float) -> Line:
    return Line(
        name=clipped(step.name, NAME),
        title=step.name,
        status=step.status,
        y=AXIS + LINE * number,
        bars=[_bar(step, span, scale) for span in spans],
    )


def _bar(step: Progress, span: Span, scale: float) -> Bar:
    how = "so far" if span.outcome is None else f"until {span.outcome.replace('_', ' ')}"
    return Bar(
        x=_place(span.start, scale),
        width=round(max(span.seconds * scale, NARROWEST), 1),
        span=span,
        title=f"{step.name}, attempt {span.attempt}: {span.kind} {duration(span.seconds)}, {how}",
    )


def _place(seconds: float, scale: float) -> float:
    return round(NAMES + seconds * scale, 1)
