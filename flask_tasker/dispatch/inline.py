"""The transport without a transport: the calling thread does the work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from ..lifecycle import StepMessage


class InlineDispatch:
    """Works on each message at once, in the calling thread; ``held`` leaves them, in the database, until a drain."""

    def __init__(self, work: Callable[[StepMessage], object], *, held: bool) -> None:
        self._work = work
        self._held = held
        self._local = threading.local()

    def send(self, messages: Sequence[StepMessage]) -> None:
        """Do what the messages ask for, unless held. Messages that this leads to are worked on after it, not within."""
        if self._held:
            return
        waiting: deque[StepMessage] | None = getattr(self._local, "waiting", None)
        if waiting is not None:
            waiting.extend(messages)
            return
        self._local.waiting = waiting = deque(messages)
        try:
            while waiting:
                self._work(waiting.popleft())
        finally:
            self._local.waiting = None
