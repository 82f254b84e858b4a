"""A graph in columns: each step right of all that it waits for, with bends where an arrow passes a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ...graph import Graph
from .folding import Key

BENDS_PER_STEP: Final = 6
"""Of a graph that would need more, long arrows are drawn straight on: bends are what its layout would cost most."""


@dataclass(frozen=True, kw_only=True)
class Layered:
    """Places in columns, by number: first those of the steps in the order of the graph, then the bends.

    Attributes:
        before: the places left of each that it is joined to; ``after`` those right of it.
        routes: the places that each edge goes through, from parent to child.
    """

    columns: Sequence[Sequence[int]]
    before: Sequence[Sequence[int]]
    after: Sequence[Sequence[int]]
    routes: Mapping[tuple[Key, Key], Sequence[int]]


def layered(graph: Graph) -> Layered:
    """The columns of a graph, in which nothing is ordered yet."""
    number = {node.key: place for place, node in enumerate(graph.nodes)}
    drawing = _Columns(
        level=[graph.level_of[node.key] for node in graph.nodes],
        columns=[[number[key] for key in column] for column in graph.levels],
    )
    ends = [(number[parent], number[child]) for parent, child in graph.edges]
    bent = _bends(drawing.level, ends) <= BENDS_PER_STEP * len(number)
    routes = [drawing.route(parent, child) if bent else [parent, child] for parent, child in ends]
    before, after = _neighbours(len(drawing.level), routes)
    return Layered(
        columns=drawing.columns, before=before, after=after, routes=dict(zip(graph.edges, routes, strict=True))
    )


@dataclass
class _Columns:
    """Columns that bends are added to. Arrows from one parent share their bends, as branches share a stem."""

    level: list[int]
    columns: list[list[int]]
    bends: dict[tuple[int, int], int] = field(default_factory=dict)

    def route(self, parent: int, child: int) -> list[int]:
        between = range(self.level[parent] + 1, self.level[child])
        return [parent, *(self._bend(parent, level) for level in between), child]

    def _bend(self, parent: int, level: int) -> int:
        if (parent, level) not in self.bends:
            self.bends[parent, level] = len(self.level)
            self.columns[level].append(len(self.level))
            self.level.append(level)
        return self.bends[parent, level]


def _bends(level: Sequence[int], ends: Sequence[tuple[int, int]]) -> int:
    longest: dict[int, int] = {}
    for parent, child in ends:
        longest[parent] = max(longest.get(parent, 0), level[child] - level[parent] - 1)
    return sum(longest.values())


def _neighbours(places: int, routes: Sequence[Sequence[int]]) -> tuple[list[list[int]], list[list[int]]]:
    before: list[list[int]] = [[] for _ in range(places)]
    after: list[list[int]] = [[] for _ in range(places)]
    for left, right in dict.fromkeys(pair for route in routes for pair in pairwise(route)):
        before[right].append(left)
        after[left].append(right)
    return before, after
