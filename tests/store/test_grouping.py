"""Group commit: who is interrupted while it waits for its turn keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from flask_tasker.store import grouping
from flask_tasker.store.grouping import Group, Item, Result


class Interruption(BaseException):
    """What is thrown into a thread."""


class Turn:
    """A turn for which nobody can wait."""

    def acquire(self) -> bool:
        raise Interruption

    def release(self) -> None:
        """Nobody waits."""


@dataclass(eq=False)
class Impatient(grouping._Ticket[Item, Result]):
    """Who waits with such a turn is interrupted."""

    turn: Any = field(default_factory=Turn)


def test_a_thread_that_is_interrupted_while_it_waits_is_waited_for_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_Ticket", Impatient)
    group = Group[int, int]()

    def write(items: Sequence[int]) -> Sequence[int]:
        # While the first is written, a second comes, and is interrupted.
        if items == [1]:
            with pytest.raises(Interruption):
                group.submit([2], write)
        return items

    assert group.submit([1], write) == [1]
    assert group.submit([3], write) == [3]
