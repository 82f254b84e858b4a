"""What an operator may do to a step or a task, by its state."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .states import StepStatus, TaskStatus
from .transitions import STEP_TRANSITIONS, TASK_TRANSITIONS, Event


class Verb(StrEnum):
    """What an operator says."""

    CANCEL = "cancel"
    RETRY = "retry"
    SKIP = "skip"
    RESOLVE = "resolve"


STEP_EVENTS: Final = {
    Verb.CANCEL: Event.CANCELLED,
    Verb.RETRY: Event.RETRIED,
    Verb.SKIP: Event.SKIPPED,
    Verb.RESOLVE: Event.RESOLVED,
}

TASK_EVENTS: Final = {Verb.CANCEL: Event.CANCELLED, Verb.RETRY: Event.REOPENED, Verb.RESOLVE: Event.RESOLVED}

CLOSED_TASK: Final = (TaskStatus.CANCELLED, TaskStatus.RESOLVED_MANUALLY, TaskStatus.COMPLETE)
"""States of a task in which none of its steps is touched any more."""


def step_verbs(status: StepStatus, task: TaskStatus) -> list[Verb]:
    """What may be done to a step in ``status`` of a task in ``task``."""
    if task in CLOSED_TASK:
        return []
    events = {transition.event for transition in STEP_TRANSITIONS if transition.source == status}
    return [verb for verb, event in STEP_EVENTS.items() if event in events]


def task_verbs(status: TaskStatus) -> list[Verb]:
    """What may be done to a task in ``status``."""
    events = {transition.event for transition in TASK_TRANSITIONS if transition.source == status}
    return [verb for verb, event in TASK_EVENTS.items() if event in events]


def task_target(verb: Verb) -> TaskStatus:
    """The state that ``verb`` takes a task to."""
    event = TASK_EVENTS[verb]
    return TaskStatus(next(transition.target for transition in TASK_TRANSITIONS if transition.event is event))


def step_target(verb: Verb) -> StepStatus:
    """The state that ``verb`` takes a step to."""
    event = STEP_EVENTS[verb]
    return StepStatus(next(transition.target for transition in STEP_TRANSITIONS if transition.event is event))
