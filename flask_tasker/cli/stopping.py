"""Being told to stop."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
LOOK_SECONDS: Final = 0.1


class StopFlag:
    """Raised by a signal, and looked at now and then.

    No event: a signal handler runs in the main thread wherever that is, and would wait for ever for a lock that the
    main thread holds while it waits for the event.
    """

    def __init__(self) -> None:
        self._raised = False

    def on_signals(self) -> None:
        """Raise it at SIGTERM and SIGINT."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def set(self) -> None:
        """Raise it."""
        self._raised = True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is raised, or for so many seconds; says whether it is."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._raised and (deadline is None or time.monotonic() < deadline):
            time.sleep(LOOK_SECONDS)
        return self._raised

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._raised = True
