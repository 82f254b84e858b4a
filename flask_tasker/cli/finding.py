"""Tasks and steps by what was typed."""

from __future__ import annotations

from typing import Any

from ..errors import NotFoundError
from ..extension import State
from ..store.reading import TaskReading, find_step, find_task, find_task_row, reading
from ..store.results import step_ids_by_name
from ..web.api.dumping import dumped_without
from ..web.api.schemas import STEP, TASK


def task_of(state: State, task_id: int) -> TaskReading:
    """A task with what belongs to it.

    Raises:
        NotFoundError: there is none of that id.
    """
    with reading(state.reading_engine()) as session:
        task = find_task(session, task_id)
    if task is None:
        raise NotFoundError(f"no task {task_id}")
    return task


def step_id_of(state: State, task_id: int, name: str) -> int:
    """The id of a task's step.

    Raises:
        NotFoundError: the task has no step of that name, or there is no such task.
    """
    found = state.runtime.database.read(lambda connection: step_ids_by_name(connection, task_id, [name]))
    if name not in found:
        raise NotFoundError(f"task {task_id} has no step {name!r}")
    return found[name]


def body_of(state: State, task_id: int, step_id: int | None = None) -> dict[str, Any]:
    """What the API shows of a task, or of one step of it.

    Raises:
        NotFoundError: there is none of that id.
    """
    redactor = state.settings.redactor
    if step_id is None:
        return {"task": dumped_without(redactor, TASK, task_of(state, task_id))}
    with reading(state.reading_engine()) as session:
        task = find_task_row(session, task_id)
        step = None if task is None else find_step(session, task, step_id)
    if step is None:
        raise NotFoundError(f"no step {step_id} of task {task_id}")
    return {"step": dumped_without(redactor, STEP, step)}
