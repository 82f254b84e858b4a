"""Messages of quick steps are handed to a thread by the dozen: claimed, run and recorded together.

A message a thread at a time would keep the threads of a process waiting for each other's locks for longer than such
steps run. Messages of steps that take long, or of which nothing is known yet, stay alone: any thread may take the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, Final, NamedTuple

from dramatiq import Message

from ..lifecycle import TOGETHER

MOST_AHEAD: Final = 16
"""How many quick messages are received for each that a worker has room for."""


class Weight(NamedTuple):
    """How much work a message is.

    Attributes:
        total: how many of the lightest steps its steps count for; 0 where they are not all known to be quick.
        is_light: whether each of them is one of the lightest: Python runs all the time, and waits for nothing.
    """

    total: int
    is_light: bool = False


ALONE: Final = Weight(0)
Weigh = Callable[[Message[Any]], Weight]


def joined(messages: Sequence[Message[Any]], weights: Sequence[Weight], *, parts: int) -> list[Message[Any]]:
    """Quick messages as ``parts`` messages or so that name the steps of all, each of several of no more than
    ``TOGETHER``."""
    share = min(TOGETHER, ceil(sum(weight.total for weight in weights) / parts))
    groups: list[list[Message[Any]]] = []
    together = share
    for message, weight in zip(messages, weights, strict=True):
        if together + weight.total > share:
            groups.append([])
            together = 0
        groups[-1].append(message)
        together += weight.total
    return [_one_of(group) for group in groups]


def _one_of(group: Sequence[Message[Any]]) -> Message[Any]:
    """The first, with what all of them say as its arguments."""
    return group[0].copy(args=tuple(argument for message in group for argument in message.args))


class Ahead:
    """How many messages to receive at once: as many as there is room for, and more once they prove to be quick.

    What is received is out of the reach of other processes. So it grows from receipt to receipt, as TCP's slow start
    does ("RFC 5681", 3.1), up to what is worked on together, and falls back with the first step that is not quick.
    """

    def __init__(self) -> None:
        self._factor = 1

    def of(self, room: int) -> int:
        """The most to receive, with room for so many messages."""
        return room * self._factor

    def received(self, *, weight: int, all_quick: bool) -> None:
        """What the last receipt was like."""
        if not all_quick:
            self._factor = 1
        elif weight <= TOGETHER // 2:
            self._factor = min(2 * self._factor, MOST_AHEAD)
        elif weight > 2 * TOGETHER:
            self._factor = max(1, self._factor // 2)
