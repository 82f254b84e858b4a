"""Engines in a process that forks: a child makes connections of its own, and none was in the middle of a write."""

from __future__ import annotations

import math
import os
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from ..errors import UnavailableError
from .deadline import seconds_left
from .grouping import Group

PATIENCE: Final = 5.0
"""How many seconds a fork waits for a write that is under way."""


@dataclass
class _Gate:
    """Lets one thread at a time write, or fork; and nobody read, or connect, during a fork.

    SQLite keeps its locks in the process's memory, which a fork copies: a child whose parent wrote at that moment would
    find the database locked by a connection that nobody has, and one whose parent was about to connect would wait for
    a lock of SQLite's own, for ever. Writers wait for each other anyway.
    """

    lock: Any = field(default_factory=threading.RLock)
    changed: threading.Condition = field(default_factory=threading.Condition)
    readers: Counter[int] = field(default_factory=Counter)
    forking: int | None = None
    group: Group[Any, Any] = field(default_factory=Group)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While a transaction writes."""
        lock, left = self.lock, seconds_left()
        if not lock.acquire(timeout=-1 if math.isinf(left) else max(left, 0.0)):
            raise UnavailableError("another thread of this process writes for longer than the request may wait")
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While something is read."""
        me = threading.get_ident()
        with self.changed:
            self.changed.wait_for(lambda: self.forking in (None, me), timeout=PATIENCE)
            self.readers[me] += 1
        try:
            yield
        finally:
            with self.changed:
                self.readers[me] -= 1
                self.readers += Counter()  # without those that are at none
                self.changed.notify_all()

    def before(self) -> None:
        """Wait for who writes or reads."""
        if self.lock.acquire(timeout=PATIENCE):
            me = threading.get_ident()
            with self.changed:
                self.forking = me
                self.changed.wait_for(lambda: self.readers.total() == self.readers[me], timeout=PATIENCE)

    def in_parent(self) -> None:
        """Go on."""
        if self.forking == threading.get_ident():
            with self.changed:
                self.forking = None
                self.changed.notify_all()
            self.lock.release()

    def in_child(self) -> None:
        """Start afresh: whoever holds the lock is not here."""
        self.lock, self.forking = threading.RLock(), None
        self.changed, self.readers = threading.Condition(), Counter()
        self.group = Group()


_gates: weakref.WeakKeyDictionary[sa.Engine, _Gate] = weakref.WeakKeyDictionary()


def writing(engine: sa.Engine) -> AbstractContextManager[None]:
    """While a transaction on ``engine`` writes: a fork waits for its end where the database needs that."""
    gate = _gates.get(engine)
    return nullcontext() if gate is None else gate.writing()


def reading(engine: sa.Engine) -> AbstractContextManager[None]:
    """While something is read on ``engine``: a fork waits for its end where the database needs that."""
    gate = _gates.get(engine)
    return nullcontext() if gate is None else gate.reading()


def group_on(engine: sa.Engine) -> Group[Any, Any] | None:
    """Those who write on ``engine`` one at a time, and may share a transaction; ``None`` where they write at once."""
    gate = _gates.get(engine)
    return None if gate is None else gate.group


def prepare_for_forks(engine: sa.Engine) -> None:
    """Have a child that is forked make connections of its own."""
    if engine.dialect.name == "sqlite":
        _gates[engine] = _Gate()
    reference = weakref.ref(engine)

    def forget_connections() -> None:
        kept = reference()
        if kept is not None:
            kept.dispose(close=False)

    os.register_at_fork(after_in_child=forget_connections)


def _before() -> None:
    for gate in list(_gates.values()):
        gate.before()


def _in_parent() -> None:
    for gate in list(_gates.values()):
        gate.in_parent()


def _in_child() -> None:
    for gate in list(_gates.values()):
        gate.in_child()


os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
