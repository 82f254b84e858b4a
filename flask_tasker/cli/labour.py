"""Who runs the steps of a task while a command waits for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from ..dispatch import Consumer
from ..engine import drain
from ..extension import State
from ..store.workers import living_workers
from .output import say

NOBODY = "no worker is alive: start one with `flask tasker worker`"


class Labour:
    """Others, if any worker lives. Else this process, where it is the app's own processes that work.

    Over a broker the steps are for the workers: they may have what this machine has not.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._consumer: Consumer | None = None
        self._told = False

    def lend(self) -> None:
        """Do now, before the task is looked at, what nobody else would do."""
        if self._state.dispatch is None or self._state.runtime.database.is_shared_connection:
            drain(self._state.runtime)
        elif self._consumer is None and not others_live(self._state):
            self._step_in()

    def stop(self) -> None:
        """End as a worker does."""
        if self._consumer is not None:
            self._consumer.stop()

    def _step_in(self) -> None:
        if self._state.works_where_it_serves:
            self._tell("no worker is alive: this process is one while it waits")
            # Ended by whoever stops services, it gives back what it holds, as at Ctrl-C.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            self._consumer = self._state.consumer(self._state.settings.embedded_threads)
            self._consumer.start()
        else:
            self._tell(NOBODY)

    def _tell(self, what: str) -> None:
        if not self._told:
            say(what, err=True)
        self._told = True


@contextmanager
def labour(state: State) -> Iterator[Labour]:
    """Labour that ends with the block."""
    found = Labour(state)
    try:
        yield found
    finally:
        found.stop()


def others_live(state: State) -> bool:
    """Whether a worker of any process lives."""
    database = state.runtime.database
    return database.read(lambda connection: living_workers(connection, database.clock)) > 0
