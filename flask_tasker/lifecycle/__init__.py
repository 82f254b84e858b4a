"""States, transition tables and decisions: pure, and the single account of what may happen."""

from .decision import Attempt, StepChange, cancelled_instead, decide, decide_ended_lease, settled
from .message import CHUNK, TOGETHER, Dispatcher, StepMessage, StepRef
from .outcome import Completed, Failed, GivenBack, Outcome
from .readiness import BYPASSED, initial_statuses, ready
from .states import DONE_STEP, OPEN_STEP, OPEN_TASK, PROCESSED_STEP, StepStatus, TaskStatus
from .transitions import STEP_TRANSITIONS, TASK_TRANSITIONS, Event, Transition, step_sources, task_sources
from .verbs import Verb, step_target, step_verbs, task_target, task_verbs

__all__ = [
    "BYPASSED",
    "CHUNK",
    "DONE_STEP",
    "OPEN_STEP",
    "OPEN_TASK",
    "PROCESSED_STEP",
    "STEP_TRANSITIONS",
    "TASK_TRANSITIONS",
    "TOGETHER",
    "Attempt",
    "Completed",
    "Dispatcher",
    "Event",
    "Failed",
    "GivenBack",
    "Outcome",
    "StepChange",
    "StepMessage",
    "StepRef",
    "StepStatus",
    "TaskStatus",
    "Transition",
    "Verb",
    "cancelled_instead",
    "decide",
    "decide_ended_lease",
    "initial_statuses",
    "ready",
    "settled",
    "step_sources",
    "step_target",
    "step_verbs",
    "task_sources",
    "task_target",
    "task_verbs",
]
