"""Looking at a task again and again until it is final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from .errors import TaskTimeoutError
from .task import Task

GROWTH: Final = 1.5
"""How many times as long as the one before a pause is."""


@dataclass(frozen=True)
class Sighting:
    """How a task stood, and the ETag to ask with whether it still does."""

    task: Task
    etag: str | None


Look: TypeAlias = Callable[[Sighting | None], Sighting]
"""Asks how the task stands; where nothing has changed it answers with what was known."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, and how long between two looks: ``first`` seconds, then longer, up to ``longest``.

    Raises:
        ValueError: a time is negative or no number, or a pause takes no time, which would ask without end.
    """

    timeout: float
    first: float
    longest: float

    def __post_init__(self) -> None:
        if not self.timeout >= 0:
            raise ValueError(f"timeout must be seconds, 0 or more, got {self.timeout!r}")
        if not 0 < self.first <= self.longest:
            raise ValueError(
                f"poll must be the first and the longest pause in seconds, got {(self.first, self.longest)!r}"
            )


def wait_until_final(
    look: Look, patience: Patience, *, clock: Callable[[], float], sleep: Callable[[float], object]
) -> Task:
    """The task once it is final. It is looked at once more when the time is up.

    Raises:
        TaskTimeoutError: it is not final by then.
    """
    deadline, pause = clock() + patience.timeout, patience.first
    seen = look(None)
    while not seen.task.is_final:
        left = deadline - clock()
        if left <= 0:
            raise TaskTimeoutError(seen.task, patience.timeout)
        sleep(min(pause, left))
        pause = min(pause * GROWTH, patience.longest)
        seen = look(seen)
    return seen.task
