"""Where the steps of a graph stand, from left to right, and how the arrows between them run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from ...graph import Graph, Node
from .folding import Key
from .layers import layered
from .ordering import ordered
from .placing import placed

WIDTH: Final = 184
HEIGHT: Final = 44
BETWEEN_COLUMNS: Final = 56
BETWEEN_ROWS: Final = 18
MARGIN: Final = 12
KEPT: Final = 32
"""Layouts that are kept in mind: tasks of one handler have one and the same."""


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
    keys = [node.key for node in graph.nodes]
    place = {key: number for number, key in enumerate(keys)}
    laid = _laid(
        tuple(tuple(place[parent] for parent in graph.parents.get(key, ())) for key in keys),
        tuple((heights or {}).get(key, HEIGHT) for key in keys),
    )
    return Layout(
        width=laid.width,
        height=laid.height,
        boxes=[
            Box(key=key, x=box.x, y=box.y, width=box.width, height=box.height)
            for key, box in zip(keys, laid.boxes, strict=True)
        ],
        arrows=[
            Arrow(parent=parent, child=child, path=arrow.path)
            for (parent, child), arrow in zip(graph.edges, laid.arrows, strict=True)
        ],
    )


@lru_cache(maxsize=KEPT)
def _laid(parents: tuple[tuple[int, ...], ...], heights: tuple[int, ...]) -> Layout:
    """The layout of steps that are told by their numbers: that of all tasks of one handler."""
    numbered: dict[Key, Sequence[Key]] = dict(enumerate(parents))
    graph = Graph(nodes=[Node(key=number, name="") for number in numbered], parents=numbered)
    places = layered(graph)
    tall = [*heights, *([0] * (len(places.before) - len(heights)))]
    columns = ordered(places)
    middle = placed(columns, places, tall, gap=BETWEEN_ROWS)
    stops = {
        place: _Stop(x := MARGIN + number * (WIDTH + BETWEEN_COLUMNS), x + WIDTH, MARGIN + round(middle[place]))
        for number, column in enumerate(columns)
        for place in column
    }
    boxes = [_box(number, stops[number], height) for number, height in enumerate(heights)]
    return Layout(
        width=max((box.x + box.width for box in boxes), default=0) + MARGIN,
        height=max((stop.y + (tall[place] + 1) // 2 for place, stop in stops.items()), default=0) + MARGIN,
        boxes=boxes,
        arrows=[
            Arrow(parent=parent, child=child, path=_path([stops[place] for place in route]))
            for (parent, child), route in places.routes.items()
        ],
    )


def _box(key: int, stop: _Stop, height: int) -> Box:
    return Box(key=key, x=stop.left, y=stop.y - height // 2, width=WIDTH, height=height)


def _path(route: Sequence[_Stop]) -> str:
    parts = [f"M{route[0].right} {route[0].y}"]
    for one, other in pairwise(route):
        half = (one.right + other.left) // 2
        parts.append(f"C{half} {one.y} {half} {other.y} {other.left} {other.y}")
        if other is not route[-1]:
            parts.append(f"H{other.right}")
    return "".join(parts)
