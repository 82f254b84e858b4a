"""A line chart as SVG: of few lines and few points, readable in light and dark, with the figures written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 120, 24, 48
TICKS: Final = 4
DASHES: Final = ("none", "6 4", "2 3", "8 3 2 3")
"""Lines differ by their dashes: not everybody tells them apart by colour."""

Points = Mapping[int, float]


def line_chart(lines: Mapping[str, Points], *, across: str, up: str) -> str:
    """The chart of some lines, each by its name; ``across`` and ``up`` say what the axes are."""
    places = sorted({place for points in lines.values() for place in points})
    most = _round_up(max(value for points in lines.values() for value in points.values()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="12" fill="#777" stroke="#777"><title>{escape(up)} by {escape(across)}</title>',
        *_axes(places, most, across, up),
        *[_line(name, points, places, most, DASHES[n % len(DASHES)]) for n, (name, points) in enumerate(lines.items())],
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(places: Sequence[int], most: float, across: str, up: str) -> list[str]:
    values = [most * tick / TICKS for tick in range(TICKS + 1)]
    return [
        *[
            f'<path d="M{LEFT} {_y(value, most):.1f}H{WIDTH - RIGHT}" stroke-opacity="0.3"/>'
            + _text(LEFT - 8, _y(value, most) + 4, f"{value:,.0f}", "end")
            for value in values
        ],
        *[_text(_x(place, places), HEIGHT - BOTTOM + 18, str(place), "middle") for place in places],
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, "middle"),
        _text(LEFT, TOP - 10, up, "start"),
    ]


def _line(name: str, points: Points, places: Sequence[int], most: float, dashes: str) -> str:
    ordered = sorted(points.items())
    path = " ".join(f"{_x(place, places):.1f},{_y(value, most):.1f}" for place, value in ordered)
    dots = "".join(
        f'<circle cx="{_x(place, places):.1f}" cy="{_y(value, most):.1f}" r="3"><title>{value:,.0f}</title></circle>'
        for place, value in ordered
    )
    last, value = ordered[-1]
    label = _text(_x(last, places) + 8, _y(value, most) + 4, f"{name}: {value:,.0f}", "start")
    return f'<polyline points="{path}" fill="none" stroke-width="2" stroke-dasharray="{dashes}"/>{dots}{label}'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" stroke="none">{escape(text)}</text>'


def _x(place: int, places: Sequence[int]) -> float:
    return LEFT + (place - places[0]) / max(1, places[-1] - places[0]) * (WIDTH - LEFT - RIGHT)


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM)


def _round_up(value: float) -> float:
    """The next number that four ticks divide well."""
    step = 10.0 ** (len(str(int(value))) - 1)
    return next(step * count for count in (1, 2, 4, 6, 8, 10, 20) if step * count >= value)
