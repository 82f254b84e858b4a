"""Who decides what happens next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol, TypeVar

from hypothesis import note
from hypothesis import strategies as st

T = TypeVar("T")


class Chance(Protocol):
    """Decides."""

    def one_of(self, among: Sequence[T], what: str) -> T:
        """One of several, the first of which is the plainest."""
        ...


@dataclass(frozen=True)
class Drawn:
    """Hypothesis decides each time: a history that fails is made as small as it can be."""

    data: st.DataObject

    def one_of(self, among: Sequence[T], what: str) -> T:
        """One of several."""
        chosen = among[self.data.draw(st.integers(0, len(among) - 1))]
        note(f"  {what}: {chosen!r}")
        return chosen


@dataclass
class Seeded:
    """A seed that Hypothesis gave decides: where threads race the same choices may lead elsewhere the next time, which
    Hypothesis takes for a mistake of the test's.

    ``told`` is what was chosen, for whoever has to understand a history that failed.
    """

    seed: int
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def one_of(self, among: Sequence[T], what: str) -> T:
        """One of several."""
        chosen = self._random.choice(among)
        self.told.append(f"  {what}: {chosen!r}")
        return chosen
