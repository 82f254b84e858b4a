"""The kinds of task: what waits for what, and which steps are born to fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PLENTY: Final = 50
"""Attempts of an ordinary step: each kill eats one, and none may be the last."""

SECONDS_FOR_A_TRANSACTION: Final = 5.0
"""On SQLite a transactional step is leased for its whole timeout: so long it waits when its process is killed."""


HANGING_ATTEMPTS: Final = 1
DEAF_ATTEMPTS: Final = 3


class Nature(StrEnum):
    """What a step is made to do, beside what its mood makes of it."""

    ORDINARY = "ordinary"
    DOOMED = "raises in every attempt"
    REFUSED = "raises what no attempt can mend"
    HANGING = "hangs in its first attempt"
    DEAF = "outlives its lease in a call that no timeout interrupts, in its first three attempts"
    LETHAL = "kills its process in every attempt"


@dataclass(frozen=True, kw_only=True)
class StepPlan:
    """One step of a kind of task. ``timeout`` is in seconds."""

    after: tuple[str, ...] = ()
    nature: Nature = Nature.ORDINARY
    transactional: bool = False
    timeout: float | None = None
    limit: int = PLENTY


Shape = Mapping[str, StepPlan]


def plain(*after: str) -> StepPlan:
    """A step without a transaction."""
    return StepPlan(after=after)


def booked(*after: str) -> StepPlan:
    """A transactional step."""
    return StepPlan(after=after, transactional=True, timeout=SECONDS_FOR_A_TRANSACTION)


def ill(nature: Nature, *after: str, limit: int = PLENTY, timeout: float | None = None) -> StepPlan:
    """A step that goes wrong."""
    return StepPlan(after=after, nature=nature, limit=limit, timeout=timeout)


def ill_booked(nature: Nature, *after: str, limit: int = PLENTY, timeout: float = 5.0) -> StepPlan:
    """A transactional step that goes wrong."""
    return StepPlan(after=after, nature=nature, limit=limit, timeout=timeout, transactional=True)


PARTS: Final = tuple(f"part-{number}" for number in range(50))

SHAPES: Final[Mapping[str, Shape]] = {
    "linear": {
        "one": plain(),
        "two": plain("one"),
        "three": booked("two"),
        "four": plain("three"),
        "five": plain("four"),
        "six": booked("five"),
    },
    "diamond": {
        "start": plain(),
        "left-one": plain("start"),
        "left-two": booked("left-one"),
        "right-one": plain("start"),
        "right-two": plain("right-one"),
        "merge": booked("left-two", "right-two"),
        "end": plain("merge"),
    },
    "tree": {
        "root": plain(),
        "left": plain("root"),
        "right": plain("root"),
        "left-left": booked("left"),
        "left-right": plain("left"),
        "right-left": plain("right"),
        "right-right": booked("right"),
        "join": plain("left-left", "left-right", "right-left", "right-right"),
    },
    "merge": {
        "first-one": plain(),
        "first-two": plain("first-one"),
        "second-one": plain(),
        "second-two": booked("second-one"),
        "third": booked(),
        "fourth": plain(),
        "merge": booked("first-two", "second-two", "third", "fourth"),
    },
    "fan of 50": {
        "start": plain(),
        **{name: booked("start") if number % 10 == 0 else plain("start") for number, name in enumerate(PARTS)},
        "end": booked(*PARTS),
    },
    "doomed": {
        "start": plain(),
        "fails": ill(Nature.DOOMED, "start", limit=3),
        "never": plain("fails"),
        "books-and-fails": ill_booked(Nature.DOOMED, "start", limit=2),
        "beside": plain("start"),
        "end-beside": booked("beside"),
    },
    "refused": {
        "start": plain(),
        "refused": ill(Nature.REFUSED, "start"),
        "never": booked("refused", "beside"),
        "beside": plain("start"),
    },
    "hanging": {
        "start": plain(),
        "hangs": ill(Nature.HANGING, "start", timeout=0.5),
        "books-and-hangs": ill_booked(Nature.HANGING, "start", timeout=1.0),
        "end": booked("hangs", "books-and-hangs"),
    },
    "deaf": {
        "start": plain(),
        "deaf": ill(Nature.DEAF, "start", timeout=0.5),
        "end": booked("deaf"),
    },
    "lethal": {
        "start": plain(),
        "lethal": ill(Nature.LETHAL, "start", limit=2),
        "never": plain("lethal"),
        "beside": booked("start"),
    },
}

SHARES: Final[Mapping[str, float]] = {
    "linear": 29,
    "diamond": 20,
    "tree": 18,
    "merge": 18,
    "fan of 50": 2.5,
    "doomed": 5,
    "refused": 3,
    "hanging": 3,
    "deaf": 1,
    "lethal": 0.5,
}
"""How common each kind is, in percent."""

BYPASSED: Final = ("three", "five")
"""What some of the linear tasks leave out."""
