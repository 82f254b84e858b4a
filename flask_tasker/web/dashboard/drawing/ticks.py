"""Round moments on an axis of time, and lengths of time in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

MOST: Final = 8
_HAIR: Final = 1e-9
_DAY: Final = 86_400
_FRACTIONS: Final = tuple(digit * 10.0**power for power in range(-3, 0) for digit in (1, 2, 5))
_WHOLE: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, _DAY)
_UNITS: Final = ((_DAY, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A round moment, in seconds, and how it is written."""

    at: float
    label: str


def ticks(seconds: float, *, most: int = MOST) -> list[Tick]:
    """The round moments from 0 up to ``seconds``: the finest of which there are no more than ``most`` steps."""
    step = _step(max(seconds, 0.0) / most)
    return [
        Tick(at=(at := round(number * step, 3)), label=duration(at))
        for number in range(int(seconds / step + _HAIR) + 1)
    ]


def duration(seconds: float) -> str:
    """A length of time in its two largest units: ``1 h 30 min``, ``250 ms``."""
    if seconds < 1:
        return f"{round(1_000 * seconds)} ms" if seconds > 0 else "0"
    if seconds < 60:
        return f"{round(seconds, 1):g} s"
    left, parts = round(seconds), []
    for size, unit in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2])


def _step(least: float) -> float:
    for step in (*_FRACTIONS, *_WHOLE):
        if step >= least:
            return float(step)
    days = least / _DAY
    ten = 10.0 ** math.floor(math.log10(days))
    return _DAY * next(digit * ten for digit in (1, 2, 5, 10) if digit * ten >= days)
