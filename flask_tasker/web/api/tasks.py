"""Tasks: list, show, create."""

from __future__ import annotations

from flask import Response, request

from ...errors import DuplicateTaskError, InvalidRequestError, UnknownHandlerError
from ...handlers import TaskRequest
from ...store.reading import find_task, list_tasks, reading
from ..access import check_permission
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .answer import answer, revalidated
from .ids import id_of
from .paging import page_of
from .requests import task_request
from .schemas import TASK


def index(deps: ApiDependencies) -> Response:
    """A page of tasks."""
    check_permission(deps.authorize(), "tasker.task:index")
    page = page_of(request, max_size=deps.settings.max_page_size)
    with reading(deps.engine()) as session:
        tasks = list_tasks(session, page)
    return revalidated({"tasks": TASK.dump(tasks, many=True)})


def show(deps: ApiDependencies, task_id: str) -> Response:
    """One task."""
    with reading(deps.engine()) as session:
        task = find_task(session, id_of(task_id))
    check_permission(deps.authorize(), "tasker.task:show", task and task.row)
    if task is None:
        raise RefusedError(404)
    return revalidated({"task": TASK.dump(task)})


def create(deps: ApiDependencies) -> Response:
    """A new task, with the steps that its handler gives it."""
    check_permission(deps.authorize(), "tasker.task:create")
    task_id = _created(deps, task_request(request))
    with reading(deps.engine()) as session:
        task = find_task(session, task_id)
    return answer({"task": TASK.dump(task)}, status=201)


def _created(deps: ApiDependencies, wanted: TaskRequest) -> int:
    try:
        return deps.create(wanted).task_id
    except UnknownHandlerError as error:
        raise RefusedError.for_fields({"name": [str(error)]}) from None
    except InvalidRequestError as error:
        raise RefusedError.for_fields(error.faults) from None
    except DuplicateTaskError:
        # Never which task it is: the client may not be allowed to see it.
        twin = {"identity_hash": ["is identical to a request made in the last minute"]}
        raise RefusedError.for_fields(twin, status=409) from None
