"""Steps of a task: list, show, update, cancel, retry, skip, resolve."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from ...engine import act_on_step, edit_step
from ...lifecycle import Verb
from ...store.reading import find_step, find_task_row, list_steps, reading
from ..access import Access
from ..dependencies import ApiDependencies
from ..entering import enter_step, enter_task
from ..faults import refusals
from ..redacting import refuse_blanked
from ..refusal import RefusedError
from .acting import actor_of
from .answer import answer, revalidated
from .changes import ReasonSchema, ResolutionSchema, StepChangesSchema, changes_of, said_with
from .dumping import dumped
from .ids import id_of
from .paging import page_of
from .schemas import STEP


def index(deps: ApiDependencies, task_id: str) -> Response:
    """A page of one task's steps."""
    task, _ = enter_task(deps, "tasker.workflow_step:index", id_of(task_id))
    page = page_of(request, max_size=deps.settings.max_page_size)
    with reading(deps.engine()) as session:
        steps = list_steps(session, task, page)
    return revalidated({"steps": dumped(deps, STEP, steps)})


def show(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """One step of one task."""
    step, _ = enter_step(deps, "tasker.workflow_step:show", id_of(task_id), id_of(step_id))
    return revalidated({"step": dumped(deps, STEP, step)})


def update(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """Change a step's inputs, and how often it is tried."""
    enter_step(deps, "tasker.workflow_step:update", id_of(task_id), id_of(step_id))
    changes = changes_of(request, "workflow_step", StepChangesSchema)
    refuse_blanked(deps.settings.redactor, "inputs", changes.get("inputs"))
    with refusals():
        edit_step(deps.runtime(), id_of(task_id), id_of(step_id), changes)
    return revalidated(_shown(deps, task_id, step_id))


def cancel(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """Cancel a step that waits; ask one that runs to stop. Cancelling it again changes nothing."""
    _, access = enter_step(deps, "tasker.workflow_step:destroy", id_of(task_id), id_of(step_id))
    _act(deps, step_id, Verb.CANCEL, access, said_with(request, ReasonSchema))
    return answer({"cancelled": True})


def retry(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """Try a failed step again, now and from the first attempt on."""
    _, access = enter_step(deps, "tasker.workflow_step:retry", id_of(task_id), id_of(step_id))
    _act(deps, step_id, Verb.RETRY, access, said_with(request, ReasonSchema))
    return answer(_shown(deps, task_id, step_id))


def skip(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """Skip a step that waits or has failed; its children may run."""
    _, access = enter_step(deps, "tasker.workflow_step:skip", id_of(task_id), id_of(step_id))
    _act(deps, step_id, Verb.SKIP, access, said_with(request, ReasonSchema))
    return answer(_shown(deps, task_id, step_id))


def resolve(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """Give a step that waits or has failed its results by hand; its children may run."""
    _, access = enter_step(deps, "tasker.workflow_step:resolve", id_of(task_id), id_of(step_id))
    said = said_with(request, ResolutionSchema)
    refuse_blanked(deps.settings.redactor, "results", said["results"])
    _act(deps, step_id, Verb.RESOLVE, access, said, results=said["results"])
    return answer(_shown(deps, task_id, step_id))


def _act(
    deps: ApiDependencies, step_id: str, verb: Verb, access: Access, said: dict[str, Any], *, results: Any = None
) -> None:
    with refusals():
        actor = actor_of(access, said["reason"])
        act_on_step(deps.runtime(), id_of(step_id), verb, actor=actor, results=results)


def _shown(deps: ApiDependencies, task_id: str, step_id: str) -> dict[str, Any]:
    with reading(deps.engine()) as session:
        task = find_task_row(session, id_of(task_id))
        step = None if task is None else find_step(session, task, id_of(step_id))
    if step is None:
        raise RefusedError(404)
    return {"step": dumped(deps, STEP, step)}
