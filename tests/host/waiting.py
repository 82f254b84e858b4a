"""Waiting for what another thread or process brings about."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PAUSE = 0.02


def until(condition: Callable[[], object], *, within: float = 30.0) -> None:
    """Return once ``condition`` is true.

    Raises:
        AssertionError: it was not within so many seconds.
    """
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:g} seconds"
        pause.wait(PAUSE)
