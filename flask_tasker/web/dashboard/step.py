"""One step: what it is, why it is not running, and the forms that steer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from ...engine import why
from ...lifecycle import OPEN_STEP, StepStatus, Verb
from ...models import WorkflowStep
from ..api.ids import id_of
from ..entering import enter_task_and_step
from ..faults import refusals
from ..refusal import RefusedError
from .json_text import as_json
from .navigation import url
from .offers import may_edit, offered_for_step
from .rendering import page
from .task_page.excerpts import at_length
from .task_page.view import RUNS
from .tokens import mark_of
from .visit import Visit

NOTHING_TYPED: Final[Mapping[str, str]] = {}


def show(visit: Visit, task_id: str, step_id: str) -> Response:
    """The page of a step."""
    return shown(visit, task_id, step_id)


def shown(
    visit: Visit,
    task_id: str,
    step_id: str,
    *,
    typed: Mapping[str, str] = NOTHING_TYPED,
    refusal: RefusedError | None = None,
) -> Response:
    """The page of a step; after a refusal with what was typed, and what is wrong with it."""
    task, step, _ = enter_task_and_step(visit.deps, "tasker.workflow_step:show", id_of(task_id), id_of(step_id))
    explained = _why(visit, step.row)
    verbs = offered_for_step(visit, task, step.row)
    inputs = visit.redactor.redacted(step.inputs)
    editable = step.row.status in OPEN_STEP and may_edit(visit, task, step.row)
    return page(
        visit,
        "step.html",
        title=f"Step {step.row.name} of task {task.task_id}",
        status=200 if refusal is None else refusal.status,
        step=step,
        inputs=at_length(inputs),
        results=at_length(visit.redactor.redacted(step.row.results)),
        json=url("step_json", task_id=task.task_id, step_id=step.row.workflow_step_id),
        why=explained,
        verbs=[verb for verb in verbs if verb is not Verb.RESOLVE],
        may_resolve=Verb.RESOLVE in verbs,
        may_edit=editable,
        typed={"why": "", "results": "{}", **(_edited(step.inputs, inputs) if editable else {}), **typed},
        faults={} if refusal is None else refusal.faults,
        problem="" if refusal is None else refusal.message,
    )


def _why(visit: Visit, step: WorkflowStep) -> str:
    if step.status == StepStatus.IN_PROGRESS and not visit.sees_workers:
        # The sentence has the name of the worker.
        return RUNS
    with refusals():
        return why(visit.deps.runtime(), step.workflow_step_id)


def _edited(inputs: Any, shown_inputs: Any) -> dict[str, str]:
    return {"inputs": as_json(shown_inputs), "seen": mark_of(inputs)}
