"""Bars of what was completed and what failed, as shapes of an inline SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ....store.figures import Bucket

HEIGHT: Final = 100.0
STRIDE: Final = 10.0
BAR: Final = 8.0
SMALLEST: Final = 2.0
"""So high is a bar at least that stands for anything: one failure among thousands must be seen."""


@dataclass(frozen=True, kw_only=True)
class Rect:
    """A rectangle: its corner, its size, and what it stands for, which its class says."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """What is drawn of one span of time, and the span itself for whoever points at it."""

    bucket: Bucket
    x: float
    rects: Sequence[Rect]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What was completed goes up from the base line, what failed goes down from it, to one scale.

    Attributes:
        base: where the line is.
        most: the largest number of either.
    """

    width: float
    height: float
    base: float
    most: int
    columns: Sequence[Column]


def chart_of(buckets: Sequence[Bucket]) -> Chart:
    """The chart of spans of equal length, the earliest first."""
    up, down = (max((getattr(one, kind) for one in buckets), default=0) for kind in ("complete", "failed"))
    base = _base(up, down)
    return Chart(
        width=STRIDE * len(buckets),
        height=HEIGHT,
        base=base,
        most=max(up, down),
        columns=[
            Column(bucket=bucket, x=STRIDE * place, rects=_rects(bucket, STRIDE * place, base, (up, down)))
            for place, bucket in enumerate(buckets)
        ],
    )


def _base(up: int, down: int) -> float:
    if up + down == 0:
        return HEIGHT
    lowest = HEIGHT - SMALLEST if down else HEIGHT
    return round(min(max(HEIGHT * up / (up + down), SMALLEST if up else 0.0), lowest), 2)


def _rects(bucket: Bucket, x: float, base: float, most: tuple[int, int]) -> list[Rect]:
    left = x + (STRIDE - BAR) / 2
    up, down = _height(bucket.complete, most[0], base), _height(bucket.failed, most[1], HEIGHT - base)
    found = []
    if up:
        found.append(Rect(x=left, y=round(base - up, 2), width=BAR, height=up, kind="complete"))
    if down:
        found.append(Rect(x=left, y=base, width=BAR, height=down, kind="error"))
    return found


def _height(number: int, most: int, space: float) -> float:
    return round(max(space * number / most, SMALLEST), 2) if number else 0.0
