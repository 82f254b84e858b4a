"""A time line: a line for each step, with a bar for each attempt, over an axis of round times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..states import name_of
from .clipping import clipped
from .spans import RUNNING_STATUS, Kind, Progress, Span, spans_of
from .ticks import Tick, duration, ticks

WIDTH: Final = 1_200
NAMES: Final = 190
"""Pixels, for the names of the steps; ``NAME`` is how many characters of one fit."""
NAME: Final = 24
END: Final = 36
LINE: Final = 22
BAR: Final = 12
BAR_MIDDLE: Final = 10
AXIS: Final = 26
NARROWEST: Final = 2.0
_SHORTEST: Final = 0.001


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An attempt as it is drawn: where it begins and how wide it is, in pixels; ``title`` says it in words."""

    x: float
    width: float
    span: Span
    title: str

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def look(self) -> str:
        """The state that it has its colour from."""
        return self.span.outcome or RUNNING_STATUS

    @property
    def end_mark(self) -> str | None:
        """The state whose mark stands at its end: that an attempt did not complete must not be told by colour alone."""
        return None if self.span.outcome == "complete" else self.span.outcome


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step's line, ``y`` pixels from the top; ``name`` as it fits, ``title`` with all of it.

    Attributes:
        spans: what it did; ``bars`` are its attempts, ``waiting`` and ``retrying`` the rest as SVG's path data.
    """

    name: str
    title: str
    status: str
    y: int
    spans: Sequence[Span]
    bars: Sequence[Bar]
    waiting: str
    retrying: str


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
        spans=spans,
        bars=[_bar(step, span, scale) for span in spans if span.kind is Kind.RUNNING],
        waiting=_dashes(spans, Kind.WAITING, scale),
        retrying=_dashes(spans, Kind.RETRYING, scale),
    )


def _dashes(spans: Sequence[Span], kind: Kind, scale: float) -> str:
    of_this_kind = [span for span in spans if span.kind is kind]
    return "".join(f"M{_place(span.start, scale)} {BAR_MIDDLE}h{_width(span, scale)}" for span in of_this_kind)


def _bar(step: Progress, span: Span, scale: float) -> Bar:
    how = "so far" if span.outcome is None else f"until {name_of(span.outcome)}"
    return Bar(
        x=_place(span.start, scale),
        width=_width(span, scale),
        span=span,
        title=f"{step.name}, attempt {span.attempt}: {span.kind} {duration(span.seconds)}, {how}",
    )


def _width(span: Span, scale: float) -> float:
    return round(max(span.seconds * scale, NARROWEST), 1)


def _place(seconds: float, scale: float) -> float:
    return round(NAMES + seconds * scale, 1)
