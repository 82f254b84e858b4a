"""Group commit: what the threads of a process have ready at the same moment is written together.

The first thread that comes writes at once, and alone if it is alone: nobody waits for company. Who comes meanwhile
queues, and when the write is over the one that has waited for longest writes everything that is queued by then. There
is no thread for it, and under a light load no change of threads.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST: Final = 128
"""How many items are written together at most."""


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Ticket(Generic[Item, Result]):
    """What one thread has submitted, and what it waits for: the answer, or its turn to write."""

    items: Sequence[Item]
    turn: threading.Lock = field(default_factory=_locked)
    leads: bool = False
    alone: bool = False
    results: Sequence[Result] | None = None
    failed: BaseException | None = None

    @property
    def answered(self) -> bool:
        return self.results is not None or self.failed is not None


class Group(Generic[Item, Result]):
    """Writes for all threads that submit, one group at a time."""

    def __init__(self) -> None:
        self._waiting: deque[_Ticket[Item, Result]] = deque()
        self._mutex = threading.Lock()
        self._writing = False

    def submit(self, items: Sequence[Item], write: Callable[[Sequence[Item]], Sequence[Result]]) -> Sequence[Result]:
        """Have ``items`` written, perhaps together with those of other threads, and give back a result for each.

        ``write`` does it for a whole group; whose ``write`` is called among those of a group is left open.

        Raises:
            GroupError: writing the group failed, for whatever reason: each must try by itself.
        """
        ticket = _Ticket[Item, Result](items)
        with self._mutex:
            self._waiting.append(ticket)
            mine, self._writing = not self._writing, True
        if not mine:
            self._wait(ticket)
        if not ticket.answered:
            self._write(write)
        if ticket.results is None:
            raise GroupError("the group could not be written", alone=ticket.alone) from ticket.failed
        return ticket.results

    def _wait(self, ticket: _Ticket[Item, Result]) -> None:
        try:
            ticket.turn.acquire()
        except BaseException:
            # Interrupted: the others must not wait for this thread to write.
            with self._mutex:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
            if ticket.leads:
                self._pass_on([])
            raise

    def _write(self, write: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        """Write for everybody who waits, and pass the turn on."""
        group = self._next_group()
        try:
            results = iter(write([item for ticket in group for item in ticket.items]))
            for ticket in group:
                ticket.results = list(islice(results, len(ticket.items)))
        except BaseException as error:
            for ticket in group:
                ticket.failed, ticket.alone = error, len(group) == 1
            if not isinstance(error, Exception):
                raise
        finally:
            self._pass_on(group)

    def _next_group(self) -> list[_Ticket[Item, Result]]:
        group: list[_Ticket[Item, Result]] = []
        with self._mutex:
            while self._waiting and sum(len(ticket.items) for ticket in group) < MOST:
                group.append(self._waiting.popleft())
        return group

    def _pass_on(self, group: Sequence[_Ticket[Item, Result]]) -> None:
        with self._mutex:
            following = self._waiting[0] if self._waiting else None
            self._writing = following is not None
            if following is not None:
                following.leads = True
        for ticket in (*group[1:], *([] if following is None else [following])):
            ticket.turn.release()


class GroupError(Exception):
    """A group could not be written; nothing is known of its items but what the database says.

    ``alone`` tells that there was nobody else's in it.
    """

    def __init__(self, message: str, *, alone: bool = False) -> None:
        super().__init__(message)
        self.alone = alone
