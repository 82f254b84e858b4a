"""What may be done to a task or a step: where its state allows it, there is a key to sign with, and they may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...lifecycle import StepStatus, TaskStatus, Verb, step_verbs, task_verbs
from ...models import Task, WorkflowStep
from .tokens import is_read_only
from .visit import Visit

TASK_PERMISSIONS: Final[Mapping[Verb, str]] = {
    Verb.RETRY: "tasker.task:retry",
    Verb.CANCEL: "tasker.task:destroy",
    Verb.RESOLVE: "tasker.task:resolve",
}
STEP_PERMISSIONS: Final[Mapping[Verb, str]] = {
    Verb.RETRY: "tasker.workflow_step:retry",
    Verb.SKIP: "tasker.workflow_step:skip",
    Verb.CANCEL: "tasker.workflow_step:destroy",
    Verb.RESOLVE: "tasker.workflow_step:resolve",
}
EDIT_STEP: Final = "tasker.workflow_step:update"
BULK: Final = "tasker.task:bulk"


def offered_for_task(visit: Visit, task: Task) -> list[Verb]:
    """What they may do to the task as it stands."""
    allowed = task_verbs(TaskStatus(task.status))
    return [verb for verb in _writable(TASK_PERMISSIONS) if verb in allowed and visit.may(TASK_PERMISSIONS[verb], task)]


def offered_for_step(visit: Visit, task: Task, step: WorkflowStep) -> list[Verb]:
    """What they may do to the step as it stands."""
    allowed = step_verbs(StepStatus(step.status), TaskStatus(task.status))
    verbs = [verb for verb in _writable(STEP_PERMISSIONS) if verb in allowed]
    return [verb for verb in verbs if visit.may(STEP_PERMISSIONS[verb], step, of=task)]


def offered_for_many(visit: Visit) -> list[Verb]:
    """What they may do to many tasks at once."""
    if is_read_only() or not visit.may(BULK):
        return []
    return [verb for verb, permission in TASK_PERMISSIONS.items() if visit.may(permission)]


def may_edit(visit: Visit, task: Task, step: WorkflowStep) -> bool:
    """Whether they may change what the step is given."""
    return not is_read_only() and visit.may(EDIT_STEP, step, of=task)


def _writable(permissions: Mapping[Verb, str]) -> list[Verb]:
    return [] if is_read_only() else list(permissions)
