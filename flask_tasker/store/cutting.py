"""Cutting connections whose time is up.

A server that is frozen, or a network that swallows what is sent, keeps a driver waiting for ever: no timeout of the
server's ends it. Shutting the socket down does, with an error that the pool knows as a broken connection.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any


class Cutter:
    """Watches over connections from one thread, which wakes only when the time of one may be up."""

    def __init__(self) -> None:
        self.in_child()

    def in_child(self) -> None:
        """Start afresh: the thread, and whoever holds the lock, are not here."""
        self._changed = threading.Condition()
        self._watched: dict[int, tuple[float, Any]] = {}
        self._thread: threading.Thread | None = None
        self._wakes_at = math.inf

    def watch(self, connection: Any, *, until: float) -> None:
        """Cut ``connection``, a driver's, at ``until`` by the monotonic clock, unless it is released before."""
        with self._changed:
            self._watched[id(connection)] = (until, connection)
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="tasker-cutter", daemon=True)
                thread.start()
                self._thread = thread
            if until < self._wakes_at:
                self._changed.notify()

    def release(self, connection: Any) -> None:
        """Let ``connection`` be; from here on it is not cut."""
        # Without the lock where nothing is watched: workers come by with every connection.
        if self._watched:
            with self._changed:
                self._watched.pop(id(connection), None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for key, (until, connection) in list(self._watched.items()):
                    if until <= now:
                        # Under the lock, and still watched: once it is released, it may be somebody else's.
                        _cut(connection)
                        del self._watched[key]
                self._wakes_at = min((until for until, _ in self._watched.values()), default=math.inf)
                self._changed.wait(None if math.isinf(self._wakes_at) else self._wakes_at - now)


def _cut(connection: Any) -> None:
    # Whatever goes wrong here, such as a connection that was closed just now, is found out by who uses it.
    with suppress(Exception):
        if hasattr(connection, "interrupt"):
            connection.interrupt()
            return
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
