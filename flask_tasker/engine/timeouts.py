"""Ending a handler that takes too long, in the thread that it runs in.

An exception is set in that thread by ``PyThreadState_SetAsyncExc`` (CPython, "Python/C API, Initialization"); the
interpreter raises it at the next bytecode, so a call into C is not interrupted. A lock makes sure that it is set only
while the handler runs, and what was set but not yet raised when the handler returned is raised and caught right there.
"""

from __future__ import annotations

import ctypes
import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ..errors import StepTimeoutError

T = TypeVar("T")


class _Watch:
    """One handler under watch."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.thread = threading.get_ident()
        self.closed = False
        self.fired = False
        self.shields = 0
        self.late = False
        self.spent = False
        self.lock = threading.Lock()

    def fire(self) -> None:
        """Raise in the watched thread, unless the handler has ended; once the shield is down, if there is one."""
        with self.lock:
            if self.shields:
                self.late = True
            elif not self.closed:
                self.fired = True
                _set_exception(self.thread)

    def shield(self, change: int) -> bool:
        """Put a shield up (+1) or down (-1); says whether the time came to its end behind it."""
        with self.lock:
            self.shields += change
            self.fired = self.fired or (self.late and not self.shields)
            return self.late and not self.shields

    def close(self) -> None:
        """The handler has ended: nothing is raised after this, and what is under way is spent in here."""
        while not (self.closed and (self.spent or not self.fired)):
            try:
                with self.lock:
                    self.closed = True
                if self.fired:
                    # Raised and caught, not taken back: that would leave the interpreter looking for it, at every call,
                    # for ever (CPython up to 3.12; on 3.11 a thread with a tracer never comes out of its next call).
                    _set_exception(self.thread)
                    while True:  # pragma: no cover - as a rule it is raised when the call above returns
                        pass
            except StepTimeoutError:
                self.spent = self.closed


class Watchdog:
    """One thread that watches the deadlines of all handlers of this process; it starts with the first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, _Watch]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def call(self, handler: Callable[[], T], *, seconds: float) -> T:
        """Call ``handler``, and raise ``StepTimeoutError`` in it once ``seconds`` have passed.

        Raises:
            StepTimeoutError: it was raised, or was about to be when the handler returned.
        """
        watch = self._watch(seconds)
        _watched.now = watch
        try:
            try:
                result = handler()
            finally:
                watch.close()
        except StepTimeoutError:
            # It may have been raised on the way into close().
            watch.close()
            raise
        finally:
            _watched.now = None
        if watch.fired:
            raise StepTimeoutError
        return result

    def _watch(self, seconds: float) -> _Watch:
        watch = _Watch(seconds)
        with self._changed:
            heapq.heappush(self._heap, (watch.deadline, next(self._order), watch))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="tasker-timeouts", daemon=True)
                self._thread.start()
            self._changed.notify()
        return watch

    def _run(self) -> None:
        while True:
            self._next().fire()

    def _next(self) -> _Watch:
        with self._changed:
            while True:
                while self._heap and self._heap[0][2].closed:
                    heapq.heappop(self._heap)
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)


def _set_exception(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(StepTimeoutError))


@contextmanager
def shielded() -> Iterator[None]:
    """While the engine's own code runs on behalf of a handler: a timeout waits until it has given its connection back.

    Raises:
        StepTimeoutError: on leaving, if the time came to its end meanwhile.
    """
    watch: _Watch | None = getattr(_watched, "now", None)
    if watch is None:
        yield
        return
    watch.shield(+1)
    try:
        yield
    finally:
        ended = watch.shield(-1)
    if ended:
        raise StepTimeoutError


_watched = threading.local()

watchdog = Watchdog()
"""The watchdog of this process."""
