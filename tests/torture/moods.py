"""What befalls a step by chance: told from the key of its task, so that a seed tells it all."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from flask_tasker import PermanentError, RetryableError

SHARE_THAT_FAILS: Final = 0.12
SHARE_THAT_IS_SLOW: Final = 0.08
SHARE_THAT_OUTLIVES_A_LEASE: Final = 0.015
SECONDS_OF_THE_LONGEST: Final = (3.0, 5.0)
ERRORS: Final[tuple[type[Exception], ...]] = (
    RuntimeError,
    ConnectionError,
    RetryableError,
    RecursionError,
    MemoryError,
)
FINAL_ERRORS: Final[tuple[type[BaseException], ...]] = (PermanentError, SystemExit, KeyboardInterrupt, GeneratorExit)


@dataclass(frozen=True, kw_only=True)
class Mood:
    """One step of one task.

    Attributes:
        failures: how many attempts raise at first, those eaten by kills among them.
        late: whether they raise after their side effect and not before.
        error: what they raise.
        final_error: what the step raises where it is made to raise what no attempt can mend.
        seconds: how long an attempt takes.
        asks_the_app: whether a transactional step takes the app's own session, which must be the same.
    """

    failures: int
    late: bool
    error: type[Exception]
    final_error: type[BaseException]
    seconds: float
    asks_the_app: bool


def mood_of(key: str, step: str) -> Mood:
    """The mood of a step."""
    chance = random.Random(f"{key}/{step}")
    fails = chance.random() < SHARE_THAT_FAILS
    return Mood(
        failures=chance.choice((1, 1, 2)) if fails else 0,
        late=chance.random() < 0.5,
        error=chance.choice(ERRORS),
        final_error=chance.choice(FINAL_ERRORS),
        seconds=_seconds(chance),
        asks_the_app=chance.random() < 0.5,
    )


def _seconds(chance: random.Random) -> float:
    draw = chance.random()
    if draw < SHARE_THAT_OUTLIVES_A_LEASE:
        return chance.uniform(*SECONDS_OF_THE_LONGEST)
    return chance.uniform(0.2, 1.0) if draw < SHARE_THAT_IS_SLOW else 0.0
