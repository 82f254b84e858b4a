"""The machines: which moves belong to one history, and who decides among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from hypothesis import register_random
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from flask_tasker.chance import jitter
from tests.model.chance import Drawn, Seeded
from tests.model.graphs import Graph, graphs
from tests.model.rules import Creating, Operating, Passing, Racing, Stepwise

# What the engine leaves to chance is the same when a history is told again.
register_random(jitter)

drawings: Final = st.lists(graphs(), min_size=1, max_size=2)


class EngineMachine(Creating, Stepwise, Passing, Operating):
    """One thread, in which any number of processes come and go."""

    @initialize(data=st.data(), drawn=drawings)
    def it_begins(self, data: st.DataObject, drawn: Sequence[Graph]) -> None:
        """With a task."""
        self.begin(Drawn(data), drawn)

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        """Whatever can."""
        self.happen(Drawn(data))


class RacingMachine(Creating, Racing):
    """The same, and two threads at once now and then."""

    @initialize(seed=st.integers(0, 2**32 - 1), drawn=drawings)
    def it_begins(self, seed: int, drawn: Sequence[Graph]) -> None:
        """With a task."""
        self.seeded = Seeded(seed)
        self.begin(self.seeded, drawn)

    @rule()
    def something_happens(self) -> None:
        """Whatever can."""
        with self._told():
            self.happen(self.seeded)

    @invariant()
    def all_promises_hold(self) -> None:
        """As ever."""
        with self._told():
            super().all_promises_hold()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            # Hypothesis plays a history that failed again, and where it does not fail again says only that.
            print(f"Threads made a history that failed: {error!r}", *self.seeded.told, sep="\n")
            raise
