"""Messages of quick steps are handed to a thread by the dozen: claimed, run and recorded together.

A message a thread at a time would keep the threads of a process waiting for each other's locks for longer than such
steps run. Messages of steps that take long, or of which nothing is known yet, stay alone: any thread may take the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dramatiq import Message

from ..lifecycle import TOGETHER

MOST_AHEAD: Final = 16
"""How many quick messages are received for each that a worker has room for."""

Weigh = Callable[[Message[Any]], int]
"""How many of the lightest steps those of a message count for, where all are known to be quick; otherwise 0."""


def joined(messages: Sequence[Message[Any]], weights: Sequence[int]) -> list[Message[Any]]:
    """Quick messages as few that name the steps of all, each of no more than ``TOGETHER`` where it is of several."""
    groups: list[list[Message[Any]]] = []
    weight = TOGETHER
    for message, more in zip(messages, weights, strict=True):
        if weight + more > TOGETHER:
            groups.append([])
            weight = 0
        groups[-1].append(message)
        weight += more
    return [_one_of(group) for group in groups]


def _one_of(group: Sequence[Message[Any]]) -> Message[Any]:
    """The first, with what all of them say as its arguments."""
    return group[0].copy(args=tuple(argument for message in group for argument in message.args))


class Ahead:
    """How many messages to receive at once: as many as there is room for, and more once they prove to be quick.

    What is received is out of the reach of other processes. So it grows from receipt to receipt, as TCP's slow start
    does ("RFC 5681", 3.1), and falls back with the first message of a step that is not quick.
    """

    def __init__(self) -> None:
        self._factor = 1

    def of(self, room: int) -> int:
        """The most to receive, with room for so many messages."""
        return room * self._factor

    def received(self, *, all_quick: bool) -> None:
        """What the last receipt was like."""
        self._factor = min(2 * self._factor, MOST_AHEAD) if all_quick else 1
