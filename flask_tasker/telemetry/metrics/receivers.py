"""Signals become figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Flask

from ... import signals
from ...signals import ClaimEvent, LostMessagesEvent, RefusedEvent, StepEvent, SweepEvent, TaskEvent, needs_no_context
from ...typing import full_name
from .families import Families

Receiver = Callable[..., None]

TASK_OUTCOMES: Final[Mapping[str, str]] = {
    "task_created": "created",
    "task_completed": "complete",
    "task_failed": "error",
    "task_cancelled": "cancelled",
    "task_reopened": "reopened",
    "task_resolved": "resolved_manually",
}
FAILED_ATTEMPTS: Final[Mapping[str, str]] = {"step_failed": "error", "step_lease_ended": "lease_ended"}
"""By the name of the signal, where no other attempt follows; where one does, it is a ``retry``."""
STEP_OUTCOMES: Final[Mapping[str, str]] = {
    "step_completed": "complete",
    "step_given_back": "given_back",
    "step_cancelled": "cancelled",
    "step_retried": "retried",
    "step_resolved": "resolved_manually",
    "step_skipped": "skipped",
}
"""By the name of the signal. What is given back is due at once, too, and has not failed."""


def connect(families: Families, app: Flask) -> list[Receiver]:
    """Let the signals of ``app`` count in ``families``; gives back the receivers, which somebody has to hold."""
    receivers = {
        **{name: _task(families, outcome) for name, outcome in TASK_OUTCOMES.items()},
        **{name: _step(families, outcome) for name, outcome in STEP_OUTCOMES.items()},
        **{name: _step(families, outcome, again="retry") for name, outcome in FAILED_ATTEMPTS.items()},
        "step_started": _started(families),
        "claims_lost": _claims_lost(families),
        "result_refused": _refused(families),
        "swept": _swept(families),
        "messages_lost": _messages_lost(families),
    }
    for name, receiver in receivers.items():
        signals.SIGNALS[name].connect(receiver, sender=app)
    return list(receivers.values())


def _task(families: Families, outcome: str) -> Receiver:
    @needs_no_context
    def count(_app: Any, *, event: TaskEvent) -> None:
        name = full_name(event.handler)
        families.tasks.labels(name, outcome).inc()
        if event.seconds is not None:
            families.task_seconds.labels(name, outcome).observe(event.seconds)

    return count


def _step(families: Families, outcome: str, *, again: str | None = None) -> Receiver:
    """Counts ``outcome``; in its place ``again``, if there is such a thing, where the step is tried again."""

    @needs_no_context
    def count(_app: Any, *, event: StepEvent) -> None:
        name = full_name(event.handler)
        came_to = again if again is not None and event.retry_in is not None else outcome
        families.steps.labels(name, event.name, came_to).inc()
        if event.seconds is not None:
            families.step_seconds.labels(name, event.name).observe(event.seconds)

    return count


def _started(families: Families) -> Receiver:
    @needs_no_context
    def count(_app: Any, *, event: StepEvent) -> None:
        name = full_name(event.handler)
        families.attempts.labels(name, event.name).inc()
        if event.waited is not None:
            families.waiting.labels(name, event.name).observe(event.waited)

    return count


def _claims_lost(families: Families) -> Receiver:
    @needs_no_context
    def count(_app: Any, *, event: ClaimEvent) -> None:
        families.claims_lost.labels(full_name(event.handler)).inc(event.wanted - event.claimed)

    return count


def _refused(families: Families) -> Receiver:
    @needs_no_context
    def count(_app: Any, *, event: RefusedEvent) -> None:
        families.refused.labels(full_name(event.handler), event.name).inc()

    return count


def _swept(families: Families) -> Receiver:
    @needs_no_context
    def count(_app: Any, *, event: SweepEvent) -> None:
        families.sweeps.inc()
        families.mended.inc(event.mended)

    return count


def _messages_lost(families: Families) -> Receiver:
    @needs_no_context
    def count(_app: Any, *, event: LostMessagesEvent) -> None:
        families.messages_lost.inc(event.messages)

    return count
