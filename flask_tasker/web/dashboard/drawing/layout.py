"""Where the steps of a graph stand, from left to right, and how the arrows between them run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ...graph import Graph
from .folding import Key
from .layers import layered
from .ordering import ordered
from .placing import placed

WIDTH: Final = 184
HEIGHT: Final = 44
BETWEEN_COLUMNS: Final = 56
BETWEEN_ROWS: Final = 18
MARGIN: Final = 12


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where a node stands: its left upper corner and its size, in pixels."""

    key: Key
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """From a parent to a child; ``path`` is what SVG calls path data."""

    parent: Key
    child: Key
    path: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The whole picture, in pixels."""

    width: int
    height: int
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


@dataclass(frozen=True)
class _Stop:
    """A place that an arrow passes: from the left edge of its column to the right one, at one height."""

    left: int
    right: int
    y: int


def layout(graph: Graph, *, heights: Mapping[Key, int] | None = None) -> Layout:
    """Lay ``graph`` out; ``heights`` are those of nodes that are not as high as a step.

    The same graph is always laid out the same. Nothing overlaps, and every arrow runs from left to right.
    """
    places = layered(graph)
    tall = [(heights or {}).get(node.key, HEIGHT) for node in graph.nodes]
    tall += [0] * (len(places.before) - len(tall))
    columns = ordered(places)
    middle = placed(columns, places, tall, gap=BETWEEN_ROWS)
    stops = {
        place: _Stop(x := MARGIN + number * (WIDTH + BETWEEN_COLUMNS), x + WIDTH, MARGIN + round(middle[place]))
        for number, column in enumerate(columns)
        for place in column
    }
    boxes = [_box(node.key, stops[place], tall[place]) for place, node in enumerate(graph.nodes)]
    return Layout(
        width=max((box.x + box.width for box in boxes), default=0) + MARGIN,
        height=max((stop.y + (tall[place] + 1) // 2 for place, stop in stops.items()), default=0) + MARGIN,
        boxes=boxes,
        arrows=[
            Arrow(parent=parent, child=child, path=_path([stops[place] for place in route]))
            for (parent, child), route in places.routes.items()
        ],
    )


def _box(key: Key, stop: _Stop, height: int) -> Box:
    return Box(key=key, x=stop.left, y=stop.y - height // 2, width=WIDTH, height=height)


def _path(route: Sequence[_Stop]) -> str:
    parts = [f"M{route[0].right} {route[0].y}"]
    for one, other in pairwise(route):
        half = (one.right + other.left) // 2
        parts.append(f"C{half} {one.y} {half} {other.y} {other.left} {other.y}")
        if other is not route[-1]:
            parts.append(f"H{other.right}")
    return "".join(parts)
