"""What many ask for at once is read once, and for a moment stands for all of them."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.pool import Pool

from ...errors import UnavailableError
from ...store.deadline import seconds_left

V = TypeVar("V")


@dataclass
class _Kept(Generic[V]):
    """A value, when it was read, when it was asked for last, and the lock of whoever reads it."""

    value: V | None = None
    at: float = -math.inf
    asked: float = -math.inf
    lock: threading.Lock = field(default_factory=threading.Lock)


class SharedByDatabase(Generic[V]):
    """What is shared by those who look at one database, for each that this process has."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self._new = partial(Shared[V], seconds=seconds, most=most)
        # By the pool: there is an engine for each way to use it.
        self._by_pool: WeakKeyDictionary[Pool, Shared[V]] = WeakKeyDictionary()

    def of(self, engine: sa.Engine) -> Shared[V]:
        """What is shared by those who look at this one."""
        return self._by_pool.setdefault(engine.pool, self._new())

    def clear(self) -> None:
        """Let whoever asks next read."""
        self._by_pool.clear()


class Shared(Generic[V]):
    """Values by their keys, each for so many ``seconds``; the longest unused go, of more than ``most``, and then.

    One thread reads what is missing, and those who ask meanwhile wait for it, no longer than their deadline. What there
    is none of (``None``) and what fails are not kept.
    """

    def __init__(self, *, seconds: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept[V]] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], V | None], *, afresh: bool = False) -> V | None:
        """The value of ``key``, read by ``read`` unless it is known; ``afresh``: read after this was asked.

        Raises:
            UnavailableError: whoever reads it has not come back in time.
        """
        asked = self._clock()
        kept = self._entry(key, asked)
        left = seconds_left()
        if not kept.lock.acquire(timeout=-1 if math.isinf(left) else max(left, 0.0)):
            raise UnavailableError("what many ask for at once was not read in time")
        try:
            since = asked if afresh else self._clock() - self._seconds
            if kept.at <= since:
                began = self._clock()
                kept.value = read()
                kept.at = -math.inf if kept.value is None else began
            return kept.value
        finally:
            kept.lock.release()

    def _entry(self, key: Hashable, now: float) -> _Kept[V]:
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            kept.asked = now
            self._kept.move_to_end(key)
            while len(self._kept) > self._most or self._is_over(next(iter(self._kept.values())), now):
                self._kept.popitem(last=False)
            return kept

    def _is_over(self, kept: _Kept[V], now: float) -> bool:
        # What is being read stays, however long that takes: else somebody would read it a second time.
        return kept.asked <= now - self._seconds and not kept.lock.locked()
