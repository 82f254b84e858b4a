"""Sending to a broker that may be down."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from ..lifecycle import StepMessage
from .complaint import Complaint
from .runtime import Send

REST_SECONDS: Final = 1.0


class Sender:
    """Passes messages on; when that fails, says so once and rests for a second at a time.

    ``lost`` is told how many were not passed on, each time.

    The rows are committed by then, and the sweep finds their steps: nobody who starts a task has to wait for a broker.
    """

    def __init__(
        self,
        send: Send,
        *,
        lost: Callable[[int], None] = lambda _messages: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._lost = lost
        self._clock = clock
        self._complaint = Complaint("sending to the broker", clock=clock)
        self._rest_until = 0.0

    def __call__(self, messages: Sequence[StepMessage]) -> None:
        """Send, unless the broker failed just now."""
        if self._complaint.standing and self._clock() < self._rest_until:
            self._lost(len(messages))
            return
        try:
            self._send(messages)
        except Exception as error:
            self._rest_until = self._clock() + REST_SECONDS
            self._complaint.failed(error)
            self._lost(len(messages))
        else:
            self._complaint.worked()
