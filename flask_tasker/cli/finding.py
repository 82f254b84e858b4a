"""Tasks and steps by what was typed."""

from __future__ import annotations

from typing import Any

from ..errors import NotFoundError
from ..extension import State
from ..store.reading import Parts, TaskReading, find_task, reading
from ..store.results import step_ids_by_name
from ..web.api.dumping import dumped_without
from ..web.api.schemas import STEP, TASK

EVERYTHING = Parts()


def task_of(state: State, task_id: int, parts: Parts = EVERYTHING) -> TaskReading:
    """A task with what belongs to it.

    Raises:
        NotFoundError: there is none of that id.
    """
    with reading(state.reading_engine()) as session:
        task = find_task(session, task_id, parts)
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
    """What the API shows of a task, or of one step of it."""
    task = task_of(state, task_id)
    redactor = state.settings.redactor
    if step_id is None:
        return {"task": dumped_without(redactor, TASK, task)}
    step = next(step for step in task.workflow_steps if step.row.workflow_step_id == step_id)
    return {"step": dumped_without(redactor, STEP, step)}
