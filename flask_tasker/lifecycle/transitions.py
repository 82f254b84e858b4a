"""The transition tables: what may become what, and by which event. The docs' state diagram is drawn from them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from .states import StepStatus, TaskStatus


class Event(StrEnum):
    """What can happen to a step or a task."""

    CLAIMED = "claimed"
    RETURNED = "returned"
    FAILED = "failed"
    LEASE_ENDED = "lease ended"
    GIVEN_BACK = "given back"
    CANCELLED = "cancelled"
    RETRIED = "retried"
    RESOLVED = "resolved"
    SKIPPED = "skipped"
    ALL_DONE = "all steps done"
    NOTHING_CAN_RUN = "nothing can run any more"
    REOPENED = "reopened"


class Transition(NamedTuple):
    """One allowed change of state."""

    event: Event
    source: str
    target: str


S, T = StepStatus, TaskStatus

STEP_TRANSITIONS: Final = (
    Transition(Event.CLAIMED, S.PENDING, S.IN_PROGRESS),
    Transition(Event.CLAIMED, S.ERROR, S.IN_PROGRESS),
    Transition(Event.RETURNED, S.IN_PROGRESS, S.COMPLETE),
    Transition(Event.FAILED, S.IN_PROGRESS, S.ERROR),
    Transition(Event.LEASE_ENDED, S.IN_PROGRESS, S.ERROR),
    Transition(Event.GIVEN_BACK, S.IN_PROGRESS, S.PENDING),
    Transition(Event.GIVEN_BACK, S.IN_PROGRESS, S.ERROR),
    Transition(Event.CANCELLED, S.PENDING, S.CANCELLED),
    Transition(Event.CANCELLED, S.ERROR, S.CANCELLED),
    Transition(Event.CANCELLED, S.IN_PROGRESS, S.CANCELLED),
    Transition(Event.RETRIED, S.ERROR, S.PENDING),
    Transition(Event.RESOLVED, S.PENDING, S.RESOLVED_MANUALLY),
    Transition(Event.RESOLVED, S.ERROR, S.RESOLVED_MANUALLY),
    Transition(Event.SKIPPED, S.PENDING, S.SKIPPED),
    Transition(Event.SKIPPED, S.ERROR, S.SKIPPED),
)

TASK_TRANSITIONS: Final = (
    Transition(Event.CLAIMED, T.PENDING, T.IN_PROGRESS),
    Transition(Event.ALL_DONE, T.PENDING, T.COMPLETE),
    Transition(Event.ALL_DONE, T.IN_PROGRESS, T.COMPLETE),
    Transition(Event.NOTHING_CAN_RUN, T.IN_PROGRESS, T.ERROR),
    Transition(Event.CANCELLED, T.PENDING, T.CANCELLED),
    Transition(Event.CANCELLED, T.IN_PROGRESS, T.CANCELLED),
    Transition(Event.CANCELLED, T.ERROR, T.CANCELLED),
    Transition(Event.REOPENED, T.ERROR, T.IN_PROGRESS),
    Transition(Event.RESOLVED, T.ERROR, T.RESOLVED_MANUALLY),
)


def step_sources(event: Event, target: StepStatus) -> tuple[str, ...]:
    """The states from which ``event`` may take a step to ``target``."""
    return tuple(t.source for t in STEP_TRANSITIONS if t.event is event and t.target == target)


def task_sources(event: Event, target: TaskStatus) -> tuple[str, ...]:
    """The states from which ``event`` may take a task to ``target``."""
    return tuple(t.source for t in TASK_TRANSITIONS if t.event is event and t.target == target)
