"""What happened to a task and its steps."""

from __future__ import annotations

from flask import Response, request

from ...store.reading import find_task_row, list_transitions, reading
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .answer import revalidated
from .ids import id_of
from .paging import page_of
from .schemas import TRANSITION


def index(deps: ApiDependencies, task_id: str) -> Response:
    """A page of transitions, in the order of time."""
    with reading(deps.engine()) as session:
        task = find_task_row(session, id_of(task_id))
    access = deps.door.enter("tasker.transition:index", task)
    if task is None or not access.sees(task):
        raise RefusedError(404)
    page = page_of(request, max_size=deps.settings.max_page_size)
    with reading(deps.engine()) as session:
        found = list_transitions(session, task, page)
    return revalidated({"transitions": TRANSITION.dump(found, many=True)})
