"""How high each place stands: as level with what it is joined to as its column leaves room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from .layers import Layered
from .ordering import Columns


def placed(columns: Columns, places: Layered, heights: Sequence[float], *, gap: float) -> list[float]:
    """The middle of each place, from 0 down; those of a column are ``gap`` apart, in the order that they have there."""
    middle = [0.0] * len(heights)
    for column in columns:
        for place, offset in zip(column, _offsets(column, heights, gap), strict=True):
            middle[place] = offset
    for joined, backwards in ((places.before, False), (places.after, True)) * 2:
        for column in reversed(columns) if backwards else columns:
            wanted = [_level_with(joined[place], middle, otherwise=middle[place]) for place in column]
            for place, spot in zip(column, apart(wanted, _offsets(column, heights, gap)), strict=True):
                middle[place] = spot
    top = min((middle[place] - heights[place] / 2 for column in columns for place in column), default=0.0)
    return [spot - top for spot in middle]


def apart(wanted: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Positions as near to those ``wanted`` as can be (least squares), each at least as far apart as ``offsets`` are.

    Less their offsets they must not fall, so neighbours that would are pooled (isotonic regression, by PAVA).
    """
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] * count >= total * pools[-1][1]:
            earlier, many = pools.pop()
            total, count = total + earlier, count + many
        pools.append((total, count))
    level = [total / count for total, count in pools for _ in range(count)]
    return [spot + offset for spot, offset in zip(level, offsets, strict=True)]


def _offsets(column: Sequence[int], heights: Sequence[float], gap: float) -> list[float]:
    steps = ((heights[upper] + heights[lower]) / 2 + gap for upper, lower in pairwise(column))
    return list(accumulate(steps, initial=0.0)) if column else []


def _level_with(joined: Sequence[int], middle: Sequence[float], *, otherwise: float) -> float:
    return sum(middle[other] for other in joined) / len(joined) if joined else otherwise
