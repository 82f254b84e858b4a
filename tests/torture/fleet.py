"""The processes that the monkey kills, and that are started again whatever ended them."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.torture.life import Command, Life

SECONDS_BETWEEN_LOOKS: Final = 0.05
SECONDS_TO_STOP: Final = 40.0
SECONDS_UNTIL_READY: Final = 120.0


class Fleet:
    """One process for each command, kept alive by a thread until the fleet is stopped."""

    def __init__(self, commands: Sequence[Command], home: Path) -> None:
        self._commands = commands
        self._home = home
        self._lives: list[Life] = []
        self._ended: list[Life] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="torture-keeper", daemon=True)

    def start(self) -> None:
        """Start every process, and wait until each is ready."""
        with self._lock:
            self._lives = [self._new_life(place) for place in range(len(self._commands))]
        deadline = time.monotonic() + SECONDS_UNTIL_READY
        for life in self._lives:
            life.wait_until_ready(deadline)
        self._keeper.start()

    def pick(self, chance: random.Random, *, lived: float = 0.0, among: Sequence[int] = ()) -> Life | None:
        """A process that has been ready for so many seconds and is not paused, or ``None``.

        The first one of those whose numbers are ``among``, where any are given.
        """
        with self._lock:
            fit = {life.pid: life for life in self._lives if life.seconds_ready > lived and not life.is_paused}
            if among:
                return next((fit[pid] for pid in among if pid in fit), None)
            return chance.choice(list(fit.values())) if fit else None

    def stop(self) -> list[str]:
        """Stop every process as a deploy does, and give back what was wrong with how they ended, now and before."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for life in self._lives:
            life.resume()
            life.send(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for life in self._lives:
            life.end(deadline)
        return [fault for life in (*self._ended, *self._lives) for fault in life.faults()]

    def pids(self, *, lived: float) -> list[int]:
        """The processes that have been ready for so many seconds."""
        with self._lock:
            return [life.pid for life in self._lives if life.seconds_ready > lived]

    @property
    def started(self) -> int:
        """How many processes there have been."""
        return len(self._ended) + len(self._lives)

    @property
    def ended_by_themselves(self) -> int:
        """How many were killed by a step of their own."""
        return sum(life.ended_by_its_step for life in self._ended)

    def count(self, words: str) -> int:
        """How often the processes have said this."""
        return sum(life.said.count(words) for life in (*self._ended, *self._lives))

    def _keep(self) -> None:
        while not self._stopping.wait(SECONDS_BETWEEN_LOOKS):
            with self._lock:
                for place, life in enumerate(self._lives):
                    if life.has_ended:
                        self._ended.append(life)
                        self._lives[place] = self._new_life(place)

    def _new_life(self, place: int) -> Life:
        log = self._home / f"process-{place + 1}-life-{len(self._ended) + 1}.log"
        return Life(self._commands[place], log)
