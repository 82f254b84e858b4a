"""The signals by their names."""

from __future__ import annotations

from typing import Final

from blinker import NamedSignal, Namespace

from .events import ClaimEvent, LostMessagesEvent, RefusedEvent, StepEvent, SweepEvent, TaskEvent, WorkerEvent

_namespace: Final = Namespace()

SIGNALS: Final[dict[str, NamedSignal]] = {}
"""All of them, by name."""
EVENTS: Final[dict[str, type]] = {}
"""What each carries, by its name."""


def _signal(name: str, meaning: str, event: type) -> NamedSignal:
    SIGNALS[name], EVENTS[name] = _namespace.signal(name, meaning), event
    return SIGNALS[name]


task_created: Final = _signal("task_created", "A task was started by a request.", TaskEvent)
task_started: Final = _signal("task_started", "The first step of a task was claimed.", TaskEvent)
task_completed: Final = _signal("task_completed", "Every step of a task is done.", TaskEvent)
task_failed: Final = _signal("task_failed", "Nothing of a task can run any more, and not all is done.", TaskEvent)
task_cancelled: Final = _signal("task_cancelled", "A task was cancelled.", TaskEvent)
task_reopened: Final = _signal("task_reopened", "A task that had failed goes on.", TaskEvent)
task_resolved: Final = _signal("task_resolved", "A failed task was declared resolved by hand.", TaskEvent)

step_started: Final = _signal("step_started", "A worker claimed a step: an attempt begins.", StepEvent)
step_completed: Final = _signal("step_completed", "A step returned, and its results are recorded.", StepEvent)
step_failed: Final = _signal("step_failed", "An attempt failed: `retry_in` tells whether there is another.", StepEvent)
step_lease_ended: Final = _signal(
    "step_lease_ended", "The worker of a step fell silent: the attempt counts as failed.", StepEvent
)
step_given_back: Final = _signal("step_given_back", "A step was given back before its handler began.", StepEvent)
step_cancelled: Final = _signal("step_cancelled", "A step was cancelled.", StepEvent)
step_retried: Final = _signal("step_retried", "A failed step is tried again, from the first attempt on.", StepEvent)
step_resolved: Final = _signal("step_resolved", "A step was given its results by hand.", StepEvent)
step_skipped: Final = _signal("step_skipped", "A step was skipped by hand, or bypassed by the request.", StepEvent)

claims_lost: Final = _signal("claims_lost", "Steps of a message were not to be had.", ClaimEvent)
result_refused: Final = _signal("result_refused", "A worker had lost a step when it wanted to record it.", RefusedEvent)
swept: Final = _signal("swept", "A worker looked for what nobody works on.", SweepEvent)
worker_started: Final = _signal("worker_started", "A worker process began.", WorkerEvent)
worker_stopped: Final = _signal("worker_stopped", "A worker process ended in order.", WorkerEvent)
messages_lost: Final = _signal("messages_lost", "The broker did not take messages.", LostMessagesEvent)
