"""What happened to a task and its steps."""

from __future__ import annotations

from flask import Response, request

from ...store.reading import list_transitions, reading
from ..dependencies import ApiDependencies
from ..entering import enter_task
from .answer import revalidated
from .dumping import dumped
from .ids import id_of
from .paging import page_of
from .schemas import TRANSITION


def index(deps: ApiDependencies, task_id: str) -> Response:
    """A page of transitions, in the order of time."""
    task, _ = enter_task(deps, "tasker.transition:index", id_of(task_id))
    page = page_of(request, max_size=deps.settings.max_page_size)
    with reading(deps.engine()) as session:
        found = list_transitions(session, task, page)
    return revalidated({"transitions": dumped(deps, TRANSITION, found)})
