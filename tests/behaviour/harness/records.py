"""A task with its steps and history, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of history; ``order`` is its key, which grows with time."""

    order: int
    source: str
    target: str
    actor: str
    reason: str | None
    at: datetime
    attempt: int = 0
    error: str | None = None
    token: Any = None


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One step as it stands, and all that happened to it."""

    step_id: int
    name: str
    status: str
    attempts: int
    results: Any
    error: str | None
    next_attempt_at: datetime | None
    backoff_request: float | None
    parents: frozenset[str]
    history: tuple[Change, ...]

    @property
    def claims(self) -> tuple[Change, ...]:
        """When and by whom it was begun."""
        return tuple(change for change in self.history if change.target == "in_progress")

    @property
    def given_back(self) -> int:
        """How many claims were not counted: what was claimed with the step took long, or the worker stopped."""
        ends = [change for change in self.history if change.source == "in_progress"]
        return sum(end.attempt < claim.attempt for claim, end in zip(self.claims, ends, strict=False))

    @property
    def completions(self) -> tuple[Change, ...]:
        """When and by whom it was completed."""
        return tuple(change for change in self.history if change.target == "complete")

    @property
    def failures(self) -> tuple[Change, ...]:
        """When it failed, and how."""
        return tuple(change for change in self.history if change.target == "error")


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """One task as it stands, and all that happened to it."""

    task_id: int
    status: str
    steps: Mapping[str, StepRecord]
    history: tuple[Change, ...]
    annotations: tuple[tuple[str, str, Any], ...]

    @property
    def statuses(self) -> dict[str, str]:
        """Where each step stands."""
        return {name: step.status for name, step in self.steps.items()}

    @property
    def results(self) -> dict[str, Any]:
        """What each step returned."""
        return {name: step.results for name, step in self.steps.items()}

    def __getitem__(self, name: str) -> StepRecord:
        return self.steps[name]
