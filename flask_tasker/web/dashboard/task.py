"""One task: what it is, its steps, and what happened."""

from __future__ import annotations

from flask import Response

from ...store.reading import Page, find_task, list_transitions, reading
from ..api.ids import id_of
from ..entering import enter_task
from ..refusal import RefusedError
from .rendering import page
from .visit import Visit


def show(visit: Visit, task_id: str) -> Response:
    """The page of a task."""
    row, _ = enter_task(visit.deps, "tasker.task:show", id_of(task_id))
    sees_history = visit.may("tasker.transition:index", row)
    latest = Page(limit=visit.deps.settings.max_page_size, descending=True)
    with reading(visit.deps.engine()) as session:
        task = find_task(session, row.task_id)
        history = list_transitions(session, row, latest) if sees_history else []
    if task is None:
        # Purged meanwhile.
        raise RefusedError(404)
    return page(
        visit,
        "task.html",
        title=f"Task {task.row.task_id}",
        task=task,
        names={step.row.workflow_step_id: step.row.name for step in task.workflow_steps},
        history=history,
        sees_history=sees_history,
    )
