"""Coming to a task or a step: who may not see it is answered as if it were not there."""

from __future__ import annotations

from ..models import Task
from ..store.reading import StepReading, find_step, find_task_row, reading
from .access import Access
from .dependencies import ApiDependencies
from .refusal import RefusedError


def enter_task(deps: ApiDependencies, permission: str, task_id: int) -> tuple[Task, Access]:
    """The task, and who asks, if they may do this to it and it is in their scope.

    Nothing that belongs to it has been read by then.

    Raises:
        RefusedError: 401, 403, or 404 where there is no such task for them.
    """
    with reading(deps.engine()) as session:
        task = find_task_row(session, task_id)
    access = deps.door.enter(permission, task)
    if task is None or not access.sees(task):
        raise RefusedError(404)
    return task, access


def enter_step(deps: ApiDependencies, permission: str, task_id: int, step_id: int) -> tuple[StepReading, Access]:
    """The step of that task, and who asks, if they may do this to it and its task is in their scope.

    Raises:
        RefusedError: 401, 403, or 404 where there is no such step for them.
    """
    _, step, access = enter_task_and_step(deps, permission, task_id, step_id)
    return step, access


def enter_task_and_step(
    deps: ApiDependencies, permission: str, task_id: int, step_id: int
) -> tuple[Task, StepReading, Access]:
    """The same with the task, as it was at the same moment."""
    with reading(deps.engine()) as session:
        task = find_task_row(session, task_id)
        step = None if task is None else find_step(session, task, step_id)
    access = deps.door.enter(permission, step and step.row)
    if task is None or step is None or not access.sees(task):
        raise RefusedError(404)
    return task, step, access
