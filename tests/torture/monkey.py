"""The monkey: does its mischief at times that the seed tells."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from tests.torture.tally import Tally

LONG_RUN: Final = 300.0
"""Seconds of the run for which the numbers are given."""

SECONDS_UNTIL_AGAIN: Final = 0.3

FollowUp = tuple[float, Callable[[], None]]


class NotNowError(Exception):
    """What is to be broken is not there at the moment: it is tried again a little later, and counted only then."""


@dataclass(frozen=True, kw_only=True)
class Mischief:
    """One kind of it.

    Attributes:
        times: how often in a run of 300 s, spread over it; a shorter run has its share, and at least one.
        at_least: how often it must have happened in a run of 300 s, or the run proves nothing.
        act: does it once; gives back, in so many seconds, what must follow.
    """

    name: str
    times: int
    at_least: int
    act: Callable[[random.Random], FollowUp | None]

    def wanted(self, seconds: float) -> int:
        """How often in a run of so many seconds."""
        return ceil(self.times * seconds / LONG_RUN)

    def needed(self, seconds: float) -> int:
        """How often at least."""
        return int(self.at_least * seconds / LONG_RUN)


class Monkey:
    """A thread that does all mischief of one list, each kind spread over the time."""

    def __init__(self, mischief: Sequence[Mischief], *, seconds: float, seed: int, tally: Tally) -> None:
        self._chance = random.Random(f"monkey of {seed}: {[kind.name for kind in mischief]}")
        self._order = itertools.count()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._tally = tally
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="torture-monkey", daemon=True)
        self.failure: BaseException | None = None
        for kind in mischief:
            self._spread(kind, seconds)

    def start(self) -> None:
        """Begin: times count from now."""
        self._started = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """End, and undo what waits to be undone.

        Raises:
            BaseException: what went wrong in the thread.
        """
        self._stopping.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _spread(self, kind: Mischief, seconds: float) -> None:
        wanted = kind.wanted(seconds)
        for place in range(wanted):
            self._push(seconds * (place + self._chance.uniform(0.1, 0.9)) / wanted, lambda: self._do(kind))

    def _push(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (when, next(self._order), act))

    def _run(self) -> None:
        try:
            while self._heap and not self._stopping.wait(self._heap[0][0] - self._now()):
                heapq.heappop(self._heap)[2]()
        except BaseException as error:
            self.failure = error
        finally:
            self._undo_all()

    def _do(self, kind: Mischief) -> None:
        try:
            follow_up = kind.act(self._chance)
        except NotNowError:
            self._push(self._now() + SECONDS_UNTIL_AGAIN, lambda: self._do(kind))
            return
        self._tally.add(kind.name)
        if follow_up is not None:
            seconds, undo = follow_up
            self._push(self._now() + seconds, _Undo(undo))

    def _now(self) -> float:
        return time.monotonic() - self._started

    def _undo_all(self) -> None:
        for _, _, act in self._heap:
            if isinstance(act, _Undo):
                act()


@dataclass(frozen=True)
class _Undo:
    """Puts right what a mischief has put wrong."""

    action: Callable[[], None]

    def __call__(self) -> None:
        self.action()
