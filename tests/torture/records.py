"""What is in the database when all is over, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Move:
    """One line of history; ``order`` is its key, which grows with time."""

    order: int
    source: str
    target: str
    attempt: int = 0
    token: Any = None
    reason: str | None = None
    error: str | None = None

    @property
    def is_claim(self) -> bool:
        """Whether the step was begun."""
        return self.target == "in_progress"


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One step; ``ledger`` and ``effects`` are the attempts of the rows that it has written."""

    step_id: int
    name: str
    status: str
    attempts: int
    results: Any
    is_leased: bool
    is_due: bool
    parents: Sequence[str]
    history: Sequence[Move]
    ledger: Sequence[int]
    effects: Sequence[int]

    @property
    def claims(self) -> list[Move]:
        """When it was begun."""
        return [move for move in self.history if move.is_claim]

    @property
    def ends(self) -> list[Move]:
        """How each of its attempts ended."""
        return [move for move in self.history if move.source == "in_progress"]

    @property
    def given_back(self) -> int:
        """How many claims were not counted, since the worker stopped before the step began."""
        return sum(end.attempt < claim.attempt for claim, end in zip(self.claims, self.ends, strict=False))


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """One task with all that belongs to it."""

    task_id: int
    key: str
    kind: str
    status: str
    history: Sequence[Move]
    steps: Mapping[str, StepRecord]


@dataclass(frozen=True, kw_only=True)
class Everything:
    """All tasks, and the orders of the host: (key, task id)."""

    tasks: Sequence[TaskRecord]
    orders: Sequence[tuple[str, int]]
    stray_rows: int
