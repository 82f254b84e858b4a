"""Tasks: list, show, create, update, cancel, retry."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from ...engine import Once, act_on_task, edit_task
from ...lifecycle import Verb
from ...store.reading import TaskReading, count_tasks, find_task, find_task_row, list_tasks, reading
from ..dependencies import ApiDependencies
from ..entering import enter_task
from ..faults import refusals
from ..redacting import refuse_blanked
from ..refusal import RefusedError
from .acting import actor_of
from .answer import answer, revalidated
from .changes import ReasonSchema, TaskChangesSchema, changes_of, said_with
from .cursor import cursor_of, page_after, refuse_telling
from .dumping import dumped
from .filtering import TaskQuerySchema, filter_of
from .ids import id_of
from .paging import paged, query_of
from .requests import task_request
from .schemas import TASK

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""draft-ietf-httpapi-idempotency-key-header, but that the key may be any text that can be printed."""


def index(deps: ApiDependencies) -> Response:
    """A page of tasks."""
    access = deps.door.enter("tasker.task:index")
    query = query_of(request, TaskQuerySchema)
    which = filter_of(query, access.owners, deps.settings.redactor)
    page = which.ordered(paged(query, max_size=deps.settings.max_page_size))
    if "cursor" in query:
        page = page_after(query["cursor"], limit=page.limit)
    refuse_telling(page, deps.settings.redactor)
    with reading(deps.engine()) as session:
        listing = list_tasks(session, page, which)
        total = count_tasks(session, which) if query["count"] == "true" else None
    after = {} if listing.next is None else {"next_cursor": cursor_of(page, listing.next)}
    response = revalidated({"tasks": dumped(deps, TASK, listing.tasks), **after})
    if total is not None:
        response.headers["X-Total-Count"] = str(total)
    return response


def show(deps: ApiDependencies, task_id: str) -> Response:
    """One task."""
    return revalidated({"task": dumped(deps, TASK, shown(deps, task_id))})


def create(deps: ApiDependencies) -> Response:
    """A new task, with the steps that its handler gives it."""
    access = deps.door.enter("tasker.task:create")
    wanted, key = task_request(request), request.headers.get(IDEMPOTENCY_KEY)
    refuse_blanked(deps.settings.redactor, "context", wanted.context)
    with refusals():
        if key is None:
            once = Once(deps.create(wanted, access.owner).task_id, created=True)
        else:
            once = deps.create_once(wanted, key, access.owner)
    task = _read(deps, once.task_id)
    if not once.created and not access.sees(task.row):
        # Somebody else's key: without an owner, keys are everybody's.
        raise RefusedError(409)
    return answer({"task": dumped(deps, TASK, task)}, status=201 if once.created else 200)


def update(deps: ApiDependencies, task_id: str) -> Response:
    """Change why a task was asked for, and its tags."""
    enter_task(deps, "tasker.task:update", id_of(task_id))
    changes = changes_of(request, "task", TaskChangesSchema)
    with refusals():
        edit_task(deps.runtime(), id_of(task_id), changes)
    return revalidated({"task": dumped(deps, TASK, _read(deps, id_of(task_id)))})


def cancel(deps: ApiDependencies, task_id: str) -> Response:
    """Cancel a task; cancelling it again changes nothing."""
    _, access = enter_task(deps, "tasker.task:destroy", id_of(task_id))
    said = said_with(request, ReasonSchema)
    with refusals():
        act_on_task(deps.runtime(), id_of(task_id), Verb.CANCEL, actor=actor_of(access, said["reason"]))
    return answer({"cancelled": True})


def retry(deps: ApiDependencies, task_id: str) -> Response:
    """Try all failed steps of a task again, from the first attempt on."""
    _, access = enter_task(deps, "tasker.task:retry", id_of(task_id))
    said = said_with(request, ReasonSchema)
    with refusals():
        act_on_task(deps.runtime(), id_of(task_id), Verb.RETRY, actor=actor_of(access, said["reason"]))
    return answer({"task": dumped(deps, TASK, _read(deps, id_of(task_id)))})


def shown(deps: ApiDependencies, task_id: str) -> TaskReading:
    """A task with all that belongs to it, which is read once it is known that they may see it; all at one moment.

    Raises:
        RefusedError: 401, 403, or 404 where there is no such task for them.
    """
    with reading(deps.engine()) as session:
        row = find_task_row(session, id_of(task_id))
        access = deps.door.enter("tasker.task:show", row)
        task = find_task(session, row.task_id) if row is not None and access.sees(row) else None
    if task is None:
        raise RefusedError(404)
    return task


def _read(deps: ApiDependencies, task_id: int) -> TaskReading:
    with reading(deps.engine()) as session:
        task = find_task(session, task_id)
    if task is None:
        # Purged meanwhile.
        raise RefusedError(404)
    return task
