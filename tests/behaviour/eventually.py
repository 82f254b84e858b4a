"""Waiting for something that another thread or process does."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

BETWEEN_LOOKS = 0.02


def eventually(condition: Callable[[], T], *, within: float = 30.0, what: object = "") -> T:
    """Look until ``condition`` is true, and give back what it came to; fail after ``within`` seconds.

    ``what`` is shown when it fails; a function is called then.
    """
    pause = threading.Event()
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            shown = what() if callable(what) else what
            raise AssertionError(f"did not come true within {within:g} s: {shown or condition}")
        pause.wait(BETWEEN_LOOKS)
    return found
