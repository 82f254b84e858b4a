"""How long steps take, as the graph's number says: a history must play again the same way on a slow machine."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from flask_tasker.engine.pace import Pace
from flask_tasker.typing import HandlerKey


class SettledPace(Pace):
    """Every step of every other graph is quick, and no chunk takes long."""

    def __init__(self) -> None:
        super().__init__(longest_wait=math.inf, longest_chunk=math.inf)

    def is_quick(self, key: HandlerKey, names: Iterable[str]) -> bool:
        """Whether the steps are worked on by the dozen."""
        return int(key[1].rpartition("-")[2]) % 2 == 0

    def heaviest(self, key: HandlerKey, names: Collection[str]) -> int:
        """All are as light as can be, however long they took."""
        return 1
