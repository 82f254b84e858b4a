"""Waiting for what another thread does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

BETWEEN_LOOKS = 0.02


def eventually(condition: Callable[[], T], *, within: float = 30.0) -> T:
    """Look until ``condition`` is true, and give back what it came to; fail after ``within`` seconds."""
    pause = threading.Event()
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, f"did not come true within {within:g} s"
        pause.wait(BETWEEN_LOOKS)
    return found
