"""The order within columns: sweeps move each place to the middle of what it is joined to, so that few arrows cross.

K. Sugiyama, S. Tagawa, M. Toda: Methods for Visual Understanding of Hierarchical System Structures (1981).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import Final, TypeAlias

from .layers import Layered

SWEEPS: Final = 4
MOST_JOINS: Final = 10_000
"""A graph with more is swept once: in such a thicket one order is as good as another."""

Columns: TypeAlias = list[list[int]]


def ordered(places: Layered) -> Columns:
    """The columns in the best order that was found; the same graph always gives the same."""
    best: Columns = [list(column) for column in places.columns]
    joins = sum(len(after) for after in places.after)
    if joins > MOST_JOINS:
        return _swept(best, places.before)
    fewest, columns = _crossings(best, places.after), best
    for _ in range(SWEEPS):
        if fewest == 0:
            break
        columns = _swept(_swept(columns, places.before), places.after, backwards=True)
        crossings = _crossings(columns, places.after)
        if crossings < fewest:
            fewest, best = crossings, columns
    return best


def _swept(columns: Columns, joined: Sequence[Sequence[int]], *, backwards: bool = False) -> Columns:
    """Each column sorted by the middle of what it is ``joined`` to; what is joined to nothing stays where it is."""
    rank: dict[int, float] = {place: index for column in columns for index, place in enumerate(column)}
    swept = []
    for column in reversed(columns) if backwards else columns:
        middle = {place: _middle([rank[other] for other in joined[place]], rank[place]) for place in column}
        moved = sorted(column, key=middle.__getitem__)
        rank.update(zip(moved, range(len(moved)), strict=True))
        swept.append(moved)
    return swept[::-1] if backwards else swept


def _middle(ranks: Sequence[float], otherwise: float) -> float:
    return sum(ranks) / len(ranks) if ranks else otherwise


def _crossings(columns: Columns, after: Sequence[Sequence[int]]) -> int:
    rank = {place: index for column in columns for index, place in enumerate(column)}
    crossings = 0
    for column in columns:
        seen: list[int] = []
        for place in column:
            reached = [rank[other] for other in after[place]]
            for end in reached:
                crossings += len(seen) - bisect_right(seen, end)
            for end in reached:
                insort(seen, end)
    return crossings
