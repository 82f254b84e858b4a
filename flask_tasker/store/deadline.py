"""How long the calling thread may wait for the database: so long for an HTTP request, and for ever for a worker."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import UnavailableError


@dataclass
class _Deadline:
    """So many seconds from the first use of the database on: what a client takes to send its request does not count."""

    seconds: float
    at: float | None = None

    def left(self) -> float:
        now = time.monotonic()
        if self.at is None:
            self.at = now + self.seconds
        return self.at - now


class _Here(threading.local):
    """A thread that is started meanwhile has no deadline: it may be a worker's."""

    deadline: _Deadline | None = None


_here = _Here()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let whatever this thread asks of the database in the block fail once that has taken so long in all.

    It fails with ``UnavailableError``, or with the driver's error (``store/unavailable.py`` knows which those are).
    """
    before, _here.deadline = _here.deadline, _Deadline(seconds)
    try:
        yield
    finally:
        _here.deadline = before


@contextmanager
def unbounded() -> Iterator[None]:
    """Work of the engine's own in this thread: no deadline, and the time of the one before stands still."""
    before, _here.deadline = _here.deadline, None
    begun = time.monotonic()
    try:
        yield
    finally:
        _here.deadline = before
        if before is not None and before.at is not None:
            before.at += time.monotonic() - begun


def seconds_in_all() -> float | None:
    """How long this thread may wait, ``None`` for ever; it may have waited for some of it."""
    return None if _here.deadline is None else _here.deadline.seconds


def seconds_left() -> float:
    """How long this thread may still wait: infinity without a deadline, and not above 0 after it."""
    return math.inf if _here.deadline is None else _here.deadline.left()


def refuse_late() -> None:
    """Begin nothing after the deadline.

    Raises:
        UnavailableError: it has passed.
    """
    if seconds_left() <= 0:
        raise UnavailableError(
            f"the database did not answer within {seconds_in_all()} seconds, which is TASKER_HTTP_TIMEOUT_SECONDS"
        )
