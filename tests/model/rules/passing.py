"""Time passes, and the sweep goes round."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from flask_tasker.engine import Sweep
from tests.model.rules.history import History, Move

ACTS_BEFORE_A_REST: Final = 12


class By(StrEnum):
    """Who sweeps."""

    KNOWING = "a process that knows the handlers"
    IGNORANT = "a process that knows none of them"


class Passing(History):
    """Leases end, retries fall due, and what was missed is found."""

    def moves(self) -> list[Move]:
        """Time passes."""
        rests = not self.rested and self.acts > ACTS_BEFORE_A_REST
        return [*super().moves(), Move(3, self.time_passes), *([Move(1, self.rest)] if rests else [])]

    def time_passes(self) -> None:
        """Longer than a lease, or shorter; longer than any wait; and then somebody goes round, or nobody does."""
        self.world.clock.forward(self.chance.one_of([31.0, 0.0, 5.0, 20.0, 3_601.0], "seconds"))
        by = self.chance.one_of([None, *By], "who sweeps")
        if by is not None:
            plan = self.plan()
            self.act(self.sweeping() if by is By.KNOWING else Sweep(self.world.ignorant), plan)
            self.missable = self.missable and plan is not None

    def rest(self) -> None:
        """Nothing goes wrong for a long time; then the history goes on. Once: at rest nothing is left to go wrong."""
        self.rested = True
        self.bring_to_rest()

    def sweeping(self) -> Callable[[], object]:
        """Go round once."""
        return Sweep(self.world.process())
