"""A state diagram as SVG, from the Mermaid text that the page has; a test holds that text to the transition table.

The states stand where a person has put them, since a machine would draw a knot. What may become what is read from the
text, so that an arrow is never missing, and a state that has no place fails the build.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

BOX_WIDTH, BOX_HEIGHT = 140, 40
ACROSS, DOWN = 272, 84
LEFT, TOP = 114, 52
LABEL_LETTERS, LABEL_LINE = 20, 14
APART: Final = 9
"""How far an arrow and the one back are from the middle between them."""

ROUND: Final = 14
ARROW: Final = re.compile(r"^ +(\w+) --> (\w+): (.+)$", re.MULTILINE)

Places = Mapping[str, tuple[int, int]]
STEP_PLACES: Final[Places] = {
    "complete": (1, 0),
    "pending": (0, 1),
    "in_progress": (1, 1),
    "error": (2, 1),
    "cancelled": (1, 2),
    "resolved_manually": (1, 3),
    "skipped": (1, 4),
}
TASK_PLACES: Final[Places] = {
    "complete": (1, 0),
    "resolved_manually": (2, 0),
    "pending": (0, 1),
    "in_progress": (1, 1),
    "error": (2, 1),
    "cancelled": (1, 2),
}


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """What may become what, and by which events."""

    source: str
    target: str
    events: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where an arrow runs, and where its label stands: the last line of it, if it has several."""

    path: str
    x: float
    y: float
    anchor: str


def figure(mermaid: str) -> str:
    """The diagram as a figure of HTML, on one line, so that Markdown leaves it alone.

    Raises:
        KeyError: a state has no place.
    """
    arrows = [Arrow(source=one, target=other, events=events) for one, other, events in ARROW.findall(mermaid)]
    places = STEP_PLACES if any("skipped" in (arrow.source, arrow.target) for arrow in arrows) else TASK_PLACES
    width = LEFT + 2 * ACROSS + BOX_WIDTH // 2 + 8
    height = TOP + DOWN * max(row for _, row in places.values()) + BOX_HEIGHT // 2 + 8
    said = "; ".join(f"{arrow.source} to {arrow.target}: {arrow.events}" for arrow in arrows)
    tip = f"tip-{len(arrows)}"  # no two diagrams of a page may have the same
    parts = [
        f'<figure class="states"><svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}">',
        f'<defs><marker id="{tip}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>',
        *[_line(route, arrow.events, tip) for arrow, route in zip(arrows, _routes(arrows, places), strict=True)],
        *_beginning(places["pending"], tip),
        *[_box(name, place) for name, place in places.items()],
        "</svg></figure>",
    ]
    return "".join(parts)


def _routes(arrows: Sequence[Arrow], places: Places) -> Iterator[Route]:
    both_ways = {(arrow.target, arrow.source) for arrow in arrows}
    for arrow in arrows:
        (column, row), (to_column, to_row) = places[arrow.source], places[arrow.target]
        if column == to_column:
            yield _upright(column, row, to_row)
        elif row != to_row:
            yield _quarter(column, row, to_column, to_row)
        elif abs(column - to_column) > 1:
            yield _over(column, row, to_column)
        else:
            yield _level(column, row, to_column, paired=(arrow.source, arrow.target) in both_ways)


def _level(column: int, row: int, to_column: int, *, paired: bool) -> Route:
    """To a neighbour: to the right above, back below."""
    way = 1 if to_column > column else -1
    y = _y(row) - (APART * way if paired else 0)
    start, end = _x(column) + way * BOX_WIDTH / 2, _x(to_column) - way * BOX_WIDTH / 2
    return Route(path=f"M{start} {y}H{end}", x=(start + end) / 2, y=y - 6 if way > 0 else y + 15, anchor="middle")


def _upright(column: int, row: int, to_row: int) -> Route:
    way = 1 if to_row > row else -1
    start, end = _y(row) + way * BOX_HEIGHT / 2, _y(to_row) - way * BOX_HEIGHT / 2
    x, y = _x(column), (start + end) / 2 + 4
    return Route(path=f"M{x} {start}V{end}", x=x + 8 * way, y=y, anchor="start" if way > 0 else "end")


def _quarter(column: int, row: int, to_column: int, to_row: int) -> Route:
    """Out at the top or bottom, in at the side; what goes further leaves further out, so that nothing crosses."""
    way, down = (1, -1)[to_column < column], (1, -1)[to_row < row]
    x = _x(column) - way * 22 * (abs(to_row - row) - 1)
    start, y = _y(row) + down * BOX_HEIGHT / 2, _y(to_row)
    end = _x(to_column) - way * BOX_WIDTH / 2
    path = f"M{x} {start}V{y - down * ROUND}Q{x} {y} {x + way * ROUND} {y}H{end}"
    return Route(path=path, x=(x + end) / 2, y=y - 6, anchor="middle")


def _over(column: int, row: int, to_column: int) -> Route:
    """Past everything between them, along the upper edge."""
    way = 1 if to_column > column else -1
    start, y, x, end = _y(row) - BOX_HEIGHT / 2, 22, _x(column), _x(to_column)
    corner = x + way * ROUND, end - way * ROUND
    path = f"M{x} {start}V{y + ROUND}Q{x} {y} {corner[0]} {y}H{corner[1]}Q{end} {y} {end} {y + ROUND}V{start}"
    return Route(path=path, x=(x + end) / 2, y=y - 6, anchor="middle")


def _line(route: Route, events: str, tip: str) -> str:
    lines = textwrap.wrap(events, LABEL_LETTERS)
    label = "".join(
        f'<text x="{route.x}" y="{route.y - LABEL_LINE * above}" text-anchor="{route.anchor}">{escape(line)}</text>'
        for above, line in enumerate(reversed(lines))
    )
    return f'<path class="arrow" d="{route.path}" marker-end="url(#{tip})"/>{label}'


def _beginning(place: tuple[int, int], tip: str) -> list[str]:
    edge, y = _x(place[0]) - BOX_WIDTH / 2, _y(place[1])
    return [
        f'<circle cx="{edge - 34}" cy="{y}" r="6"/>',
        f'<path class="arrow" d="M{edge - 28} {y}H{edge}" marker-end="url(#{tip})"/>',
    ]


def _box(name: str, place: tuple[int, int]) -> str:
    x, y = _x(place[0]), _y(place[1])
    return (
        f'<rect x="{x - BOX_WIDTH / 2}" y="{y - BOX_HEIGHT / 2}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8"/>'
        f'<text class="state" x="{x}" y="{y + 5}" text-anchor="middle">{escape(name)}</text>'
    )


def _x(column: int) -> float:
    return LEFT + column * ACROSS


def _y(row: int) -> float:
    return TOP + row * DOWN
