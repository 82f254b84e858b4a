"""A local timer for retries: what a worker recorded it tries again at the moment it is due, asking nobody."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable

from ..lifecycle import StepMessage

LONGEST = 3_600.0


class RetryTimer:
    """Calls back with each message when its time has come. The sweep is the backstop for what it forgets."""

    def __init__(self, due: Callable[[StepMessage], None]) -> None:
        self._due = due
        self._heap: list[tuple[float, int, StepMessage]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="tasker-retries", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not due is left to the sweep of others."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def after(self, seconds: float, message: StepMessage) -> None:
        """Call back with ``message`` in so many seconds; a wait of over an hour is left to the sweep."""
        if seconds > LONGEST:
            return
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._order), message))
            self._changed.notify()

    def _run(self) -> None:
        while (message := self._next()) is not None:
            self._due(message)

    def _next(self) -> StepMessage | None:
        with self._changed:
            while not self._stopped:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)
            return None
