"""What is done to tasks and steps: each a form that was sent, and then the page of the task again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, request

from ...engine import act_on_step, act_on_task, edit_step
from ...lifecycle import StepStatus, Verb
from ..access import Access
from ..api.acting import actor_of
from ..api.ids import id_of
from ..entering import enter_step, enter_task
from ..faults import refusals
from ..redacting import refuse_blanked
from ..refusal import RefusedError
from . import step as step_page
from .messages import say
from .navigation import see
from .offers import EDIT_STEP, STEP_PERMISSIONS, TASK_PERMISSIONS
from .tokens import mark_of
from .typed import json_in, reason_in
from .visit import Visit

DONE: Final[Mapping[Verb, str]] = {
    Verb.RETRY: "is tried again",
    Verb.CANCEL: "is cancelled",
    Verb.RESOLVE: "counts as resolved",
    Verb.SKIP: "is skipped",
}
EDITED: Final = (
    "The inputs were changed meanwhile. They are above, what you typed is below: save again to replace them."
)
ASKED_TO_STOP: Final = "is asked to stop"
MENDABLE: Final = (400, 409)
"""Refusals after which the same form is shown again, with what was typed."""


class SavedMeanwhileError(RefusedError):
    """What was shown above the form is not what is stored any more."""

    def __init__(self) -> None:
        super().__init__(409, message=EDITED)


def act(visit: Visit, task_id: str, *, verb: Verb) -> Response:
    """Do ``verb`` to a task."""
    task, access = enter_task(visit.deps, TASK_PERMISSIONS[verb], id_of(task_id))
    with refusals():
        actor = actor_of(access, reason_in(request.form))
        act_on_task(visit.deps.runtime(), task.task_id, verb, actor=actor)
    return _done(f"Task {task.task_id} {DONE[verb]}.", task_id)


def act_on_its_step(visit: Visit, task_id: str, step_id: str, *, verb: Verb) -> Response:
    """Do ``verb`` to a step; resolving it takes the results as JSON."""
    step, access = enter_step(visit.deps, STEP_PERMISSIONS[verb], id_of(task_id), id_of(step_id))

    def change() -> str:
        status = _act_on_step(visit, access, step.row.workflow_step_id, verb)
        return ASKED_TO_STOP if status is StepStatus.IN_PROGRESS else DONE[verb]

    return _changed(visit, task_id, step_id, change, name=step.row.name)


def edit_inputs(visit: Visit, task_id: str, step_id: str) -> Response:
    """Change what a step is given, from its next attempt on."""
    step, _ = enter_step(visit.deps, EDIT_STEP, id_of(task_id), id_of(step_id))

    def change() -> str:
        mark = mark_of(step.inputs)
        if request.form.get("seen", mark) != mark:
            raise SavedMeanwhileError
        inputs = json_in(request.form, "inputs")
        refuse_blanked(visit.redactor, "inputs", inputs)
        edit_step(visit.deps.runtime(), id_of(task_id), id_of(step_id), {"inputs": inputs})
        return "has other inputs"

    return _changed(visit, task_id, step_id, change, name=step.row.name)


def _act_on_step(visit: Visit, access: Access, step_id: int, verb: Verb) -> StepStatus:
    actor = actor_of(access, reason_in(request.form))
    results: Any = json_in(request.form, "results") if verb is Verb.RESOLVE else None
    refuse_blanked(visit.redactor, "results", results)
    return act_on_step(visit.deps.runtime(), step_id, verb, actor=actor, results=results)


def _changed(visit: Visit, task_id: str, step_id: str, change: Callable[[], str], *, name: str) -> Response:
    try:
        with refusals():
            said = change()
    except RefusedError as refusal:
        if refusal.status not in MENDABLE:
            raise
        # Shown anew, what is stored now is what was seen.
        old = ("seen",) if isinstance(refusal, SavedMeanwhileError) else ()
        typed = {name: value for name, value in request.form.items() if name not in old}
        return step_page.shown(visit, task_id, step_id, typed=typed, refusal=refusal)
    return _done(f"Step {name} {said}.", task_id)


def _done(text: str, task_id: str) -> Response:
    return say(text, request, see("show_task", task_id=id_of(task_id)))
