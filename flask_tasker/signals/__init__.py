"""Signals: what has happened, told to whoever listens, after it was committed.

``step_failed.connect(receiver)`` hears of every app, ``step_failed.connect(receiver, sender=app)`` of one. A receiver
is called as ``receiver(app, event=...)``, in the thread in which it happened and in an app context of its own. What it
raises is logged and changes nothing; while it runs, that thread does nothing else. A process that dies between the
commit and the signal tells nobody: the history in the database has it all the same.
"""

from .announcer import Announcer, needs_no_context, nobody_told
from .events import ClaimEvent, LostMessagesEvent, RefusedEvent, StepEvent, SweepEvent, TaskEvent, WorkerEvent
from .names import (
    EVENTS,
    SIGNALS,
    claims_lost,
    messages_lost,
    result_refused,
    step_cancelled,
    step_completed,
    step_failed,
    step_given_back,
    step_lease_ended,
    step_resolved,
    step_retried,
    step_skipped,
    step_started,
    swept,
    task_cancelled,
    task_completed,
    task_created,
    task_failed,
    task_reopened,
    task_resolved,
    task_started,
    worker_started,
    worker_stopped,
)

__all__ = [
    "EVENTS",
    "SIGNALS",
    "Announcer",
    "ClaimEvent",
    "LostMessagesEvent",
    "RefusedEvent",
    "StepEvent",
    "SweepEvent",
    "TaskEvent",
    "WorkerEvent",
    "claims_lost",
    "messages_lost",
    "needs_no_context",
    "nobody_told",
    "result_refused",
    "step_cancelled",
    "step_completed",
    "step_failed",
    "step_given_back",
    "step_lease_ended",
    "step_resolved",
    "step_retried",
    "step_skipped",
    "step_started",
    "swept",
    "task_cancelled",
    "task_completed",
    "task_created",
    "task_failed",
    "task_reopened",
    "task_resolved",
    "task_started",
    "worker_started",
    "worker_stopped",
]
