"""Decide, then write: what an outcome makes of a step, and what its steps make of a task. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ..typing import JsonValue
from .outcome import Completed, Failed, GivenBack, Outcome
from .states import DONE_STEP, StepStatus, TaskStatus


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How often a step was tried and may be: ``number`` counts from 1 and includes the one under way."""

    number: int
    limit: int
    retryable: bool

    @property
    def may_try_again(self) -> bool:
        """Whether the limit leaves room for another attempt."""
        return self.retryable and self.number < self.limit


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """What is to be written about a step whose attempt ended.

    ``due_in`` is in seconds from the database's now; ``None`` leaves the step without a next attempt.
    """

    status: StepStatus
    results: JsonValue = None
    error: str | None = None
    trace: str | None = None
    reason: str | None = None
    due_in: float | None = None
    backoff_request: float | None = None
    attempts: int

    @property
    def done(self) -> bool:
        """Whether the step's children may run after this."""
        return self.status in DONE_STEP

    @property
    def told(self) -> str | None:
        """The error as the history tells it."""
        return self.trace or self.error

    @property
    def given_back(self) -> bool:
        """Whether the step is to be as it was before the attempt: what it says of an earlier failure stays."""
        return not self.done and self.error is None


def decide(outcome: Outcome, attempt: Attempt) -> StepChange:
    """What ``outcome`` makes of the step: complete, error with or without another attempt, or as it was before."""
    match outcome:
        case Completed(results=results):
            return StepChange(status=StepStatus.COMPLETE, results=results, attempts=attempt.number)
        case GivenBack(reason=reason):
            before = attempt.number - 1
            status = StepStatus.ERROR if before else StepStatus.PENDING
            return StepChange(status=status, reason=reason, due_in=0.0, attempts=before)
        case Failed():
            return _failed(outcome, attempt)


def decide_ended_lease(attempt: Attempt, *, retry_in: float) -> StepChange:
    """What becomes of a step whose worker went silent: a failed attempt like any other."""
    error = f"lease ended: the worker of attempt {attempt.number} of {attempt.limit} went silent"
    return _failed(Failed(error=error, retry_in=retry_in), attempt)


def cancelled_instead(change: StepChange) -> StepChange:
    """What becomes of ``change`` where the step was asked to stop: its result is discarded."""
    return StepChange(
        status=StepStatus.CANCELLED,
        error=change.error,
        trace=change.trace,
        reason="asked to stop while it ran",
        attempts=change.attempts,
    )


def settled(*, any_can_run: bool, all_done: bool) -> TaskStatus | None:
    """The state a task comes to rest in, or ``None`` while a step runs, is ready or waits for a retry."""
    if any_can_run:
        return None
    return TaskStatus.COMPLETE if all_done else TaskStatus.ERROR


def _failed(failure: Failed, attempt: Attempt) -> StepChange:
    again = failure.retry_in is not None and attempt.may_try_again
    return StepChange(
        status=StepStatus.ERROR,
        error=failure.error,
        trace=failure.trace or None,
        reason=None if again else _why_final(failure, attempt),
        due_in=failure.retry_in if again else None,
        backoff_request=failure.backoff_request,
        attempts=attempt.number,
    )


def _why_final(failure: Failed, attempt: Attempt) -> str:
    if failure.retry_in is None:
        return "permanent: no attempt after this one can succeed"
    if not attempt.retryable:
        return "not retryable"
    return f"out of attempts: {attempt.number} of {attempt.limit} used"
