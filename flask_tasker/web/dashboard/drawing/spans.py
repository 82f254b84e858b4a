"""What a step did when: waiting, running, waiting for another attempt. Read from its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

PENDING_STATUS: Final = "pending"
RUNNING_STATUS: Final = "in_progress"
FAILED_STATUS: Final = "error"


class Kind(StrEnum):
    """What a step did for a while."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "between retries"


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change of a step's state, so many seconds after its task was requested."""

    source: str
    target: str
    attempt: int
    at: float


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step with its history, in seconds after its task was requested.

    Attributes:
        ready: when its parents were done; ``None`` while they are not.
        due: when its next attempt is due, if one is.
        moves: in the order of time.
    """

    name: str
    status: str
    ready: float | None
    due: float | None
    moves: Sequence[Move]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A while, in seconds after the task was requested.

    Attributes:
        attempt: which attempt it was, or the one that it waited for.
        outcome: the state that ended it; ``None`` where it goes on.
    """

    kind: Kind
    attempt: int
    start: float
    end: float
    outcome: str | None

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return self.end - self.start


def spans_of(step: Progress, *, now: float) -> list[Span]:
    """What the step did until ``now``, one after the other; clocks that were set back leave spans without length."""
    track = _Track(since=_beginning(step), attempts=_attempts_before(step.moves))
    for move in step.moves:
        track.follow(move)
    if step.status in (RUNNING_STATUS, PENDING_STATUS) or (step.status == FAILED_STATUS and step.due is not None):
        track.end(step.status, now, outcome=None)
    return track.spans


@dataclass
class _Track:
    """Spans up to a moment, the attempts that were made by then, and since when the step is as it is."""

    since: float | None
    attempts: int
    spans: list[Span] = field(default_factory=list)

    def follow(self, move: Move) -> None:
        # What had failed for good waited for nothing, until somebody had it tried again.
        if move.source != FAILED_STATUS or move.target == RUNNING_STATUS:
            self.end(move.source, move.at, outcome=move.target)
        self.since = move.at if self.since is None else max(move.at, self.since)
        self.attempts = 0 if (move.source, move.target) == (FAILED_STATUS, PENDING_STATUS) else move.attempt

    def end(self, status: str, at: float, *, outcome: str | None) -> None:
        if self.since is None:
            return
        kind = _KINDS.get(status, Kind.WAITING)
        attempt = self.attempts + (kind is not Kind.RUNNING)
        end = max(at, self.since)
        self.spans.append(Span(kind=kind, attempt=attempt, start=self.since, end=end, outcome=outcome))


_KINDS: Final = {RUNNING_STATUS: Kind.RUNNING, FAILED_STATUS: Kind.RETRYING}


def _beginning(step: Progress) -> float | None:
    """Since when it waits; not known where its parents are not done, or where the history begins later."""
    if step.ready is None or (step.moves and step.moves[0].source != PENDING_STATUS):
        return None
    return max(step.ready, 0.0)


def _attempts_before(moves: Sequence[Move]) -> int:
    return max(moves[0].attempt - (moves[0].target == RUNNING_STATUS), 0) if moves else 0
