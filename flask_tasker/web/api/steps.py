"""Steps of a task: list, show."""

from __future__ import annotations

from flask import Response, request

from ...store.reading import find_step, find_task_row, list_steps, reading
from ..access import check_permission
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .answer import revalidated
from .ids import id_of
from .paging import page_of
from .schemas import STEP


def index(deps: ApiDependencies, task_id: str) -> Response:
    """A page of one task's steps."""
    page = page_of(request, max_size=deps.settings.max_page_size)
    with reading(deps.engine()) as session:
        task = find_task_row(session, id_of(task_id))
        steps = [] if task is None else list_steps(session, task, page)
    check_permission(deps.authorize(), "tasker.workflow_step:index", task)
    if task is None:
        raise RefusedError(404)
    return revalidated({"steps": STEP.dump(steps, many=True)})


def show(deps: ApiDependencies, task_id: str, step_id: str) -> Response:
    """One step of one task."""
    with reading(deps.engine()) as session:
        task = find_task_row(session, id_of(task_id))
        step = None if task is None else find_step(session, task, id_of(step_id))
    check_permission(deps.authorize(), "tasker.workflow_step:show", step and step.row)
    if step is None:
        raise RefusedError(404)
    return revalidated({"step": STEP.dump(step)})
