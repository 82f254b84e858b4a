"""Outcomes that wait to be recorded together with those of the steps that were claimed with them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .record import Recording


@dataclass(frozen=True)
class _Waiting:
    since: float
    recordings: list[Recording] = field(default_factory=list)


@dataclass
class Unrecorded:
    """What each thread of this process has to record; whoever takes it records it, and nobody else does.

    That is the thread itself, a moment later, unless the step that it runs next takes long: then it is the worker.
    """

    _by_thread: dict[int, _Waiting] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, recording: Recording) -> None:
        """The calling thread has an outcome."""
        with self._lock:
            waiting = self._by_thread.setdefault(threading.get_ident(), _Waiting(time.monotonic()))
            waiting.recordings.append(recording)

    def take(self) -> list[Recording]:
        """Take what the calling thread has to record, as far as nobody has taken it."""
        with self._lock:
            waiting = self._by_thread.pop(threading.get_ident(), None)
        return [] if waiting is None else waiting.recordings

    def take_overdue(self, seconds: float) -> list[Recording]:
        """Take what has waited for so long, of whichever thread."""
        before = time.monotonic() - seconds
        with self._lock:
            overdue = [thread for thread, waiting in self._by_thread.items() if waiting.since <= before]
            return [recording for thread in overdue for recording in self._by_thread.pop(thread).recordings]
