"""What is run, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.graphs import GRAPHS


@dataclass(frozen=True)
class Workload:
    """A kind of task, and how many of them are started for one figure."""

    name: str
    number: int

    @property
    def steps(self) -> int:
        """How many steps one task has."""
        return len(GRAPHS[self.name.removesuffix("_annotated")])

    def scaled(self, scale: float) -> Workload:
        """The same, run so much more often or less."""
        return Workload(self.name, max(2, int(self.number * scale)))


WORKLOADS: Final[Sequence[Workload]] = (
    Workload("W1", 500),
    Workload("W2", 500),
    Workload("W3", 200),
    Workload("W4", 20),
)
"""one, two -> three -> four; a diamond; a chain of 10; 1 -> 100 -> 1."""
