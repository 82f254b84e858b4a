"""Signals: what has happened, told to whoever listens, after it was committed.

``step_failed.connect(receiver)`` hears of every app, ``step_failed.connect(receiver, sender=app)`` of one. A receiver
is called as ``receiver(app, event=...)``, in the thread in which it happened and in an app context of its own. What it
raises is logged and changes nothing; while it runs, that thread does nothing else. A process that dies between the
commit and the signal tells nobody: the history in the database has it all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from blinker import NamedSignal, Namespace

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TaskEvent:
    """A change of a task's state.

    Attributes:
        handler: namespace, name and version of its handler.
        source: the state before; ``None`` where the task is new.
        target: the state since.
        actor: who did it: a worker's name, an operator's, the initiator of a new task.
        reason: why, where somebody said so.
    """

    task_id: int
    handler: tuple[str, str, str]
    source: str | None
    target: str
    actor: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepEvent:
    """A change of a step's state.

    Attributes:
        handler: namespace, name and version of its task's handler.
        attempt: the number of the attempt; of what was given back that of the one before, which counts.
        error: what went wrong, where something did.
        retry_in: in how many seconds it is tried again; ``None`` where it is not, or at once.
        seconds: how long its handler ran, where it was run here.
    """

    task_id: int
    step_id: int
    name: str
    handler: tuple[str, str, str]
    source: str
    target: str
    attempt: int
    actor: str
    reason: str | None = None
    error: str | None = None
    retry_in: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClaimEvent:
    """A message whose steps were not all to be had: they are another worker's, or not due, or done already."""

    task_id: int
    handler: tuple[str, str, str]
    wanted: int
    claimed: int
    worker: str


@dataclass(frozen=True, kw_only=True)
class RefusedEvent:
    """An outcome that was not written: the step is not this worker's any more, or was asked to stop."""

    task_id: int
    step_id: int
    name: str
    handler: tuple[str, str, str]
    attempt: int
    worker: str


@dataclass(frozen=True, kw_only=True)
class SweepEvent:
    """A worker looked around; ``mended`` steps and tasks it had to help along."""

    worker: str
    mended: int


@dataclass(frozen=True, kw_only=True)
class WorkerEvent:
    """A worker process, which runs so many steps at once."""

    worker: str
    threads: int


@dataclass(frozen=True, kw_only=True)
class LostMessagesEvent:
    """So many messages that the broker did not take; the sweep finds their steps."""

    messages: int


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


@dataclass(frozen=True)
class Announcer:
    """Sends the signals of one app.

    Attributes:
        sender: the app.
        context: makes an app context in which a receiver may run.
    """

    sender: Any
    context: Callable[[], AbstractContextManager[Any]]

    def __call__(self, signal: NamedSignal, event: Callable[[], Any]) -> None:
        """Tell whoever listens to ``signal``; ``event`` makes what is told, and is not called where nobody does."""
        if not signal.receivers:
            return
        receivers = list(signal.receivers_for(self.sender))
        if not receivers:
            return
        told = event()
        for receiver in receivers:
            try:
                with self.context():
                    receiver(self.sender, event=told)
            except Exception:
                logger.exception("a receiver of the signal %s failed", signal.name)


def nobody_told(_signal: NamedSignal, _event: Callable[[], Any]) -> None:
    """Of no app: nobody listens."""
