"""The monkey's right hand: kills a process again and again."""

from __future__ import annotations

import random
import signal
import threading
import time
from typing import Final

from tests.torture.fleet import Fleet
from tests.torture.tally import Tally

KILLED: Final = "kill -9 of a worker"
SHORTEST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 3.0
SECONDS_BETWEEN_LOOKS: Final = 0.05


class Killer:
    """A thread that kills, after each pause, a process that is ready: one that works on nothing yet would prove little.

    ``lives`` is how long, at least and at most, a process is left alone once it is ready.
    """

    def __init__(self, fleet: Fleet, *, lives: tuple[float, float], seed: int, tally: Tally) -> None:
        self._fleet = fleet
        self._lives = lives
        self._chance = random.Random(f"killer of {seed}")
        self._tally = tally
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="torture-killer", daemon=True)

    def start(self) -> None:
        """Begin with a pause."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            # Late by the slow start of a process, the next kills come sooner.
            due += self._chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)
            if self._stopping.wait(max(SHORTEST_PAUSE, due - time.monotonic())):
                return
            lived = self._chance.uniform(*self._lives)
            while (victim := self._fleet.pick(self._chance, lived=lived)) is None:
                if self._stopping.wait(SECONDS_BETWEEN_LOOKS):
                    return
            victim.send(signal.SIGKILL)
            self._tally.add(KILLED)
