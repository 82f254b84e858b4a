"""Reading what an operation asks for, and no more: a number of statements that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ...models import Task as TaskRow
from ...models import WorkflowStep as StepRow
from ...redaction import Redactor
from ...store.reading import (
    Page,
    StepKind,
    TaskFilter,
    find_step,
    find_task,
    find_task_row,
    list_tasks,
    reading,
    step_kinds,
    steps_by_task,
)
from .context import Info
from .selection import Selection, selection_of
from .showing import steps_of, task_of
from .types import Task, WorkflowStep


@dataclass(frozen=True, kw_only=True)
class LoadedStep:
    """A step: its task, its row, and what is shown of it."""

    task: TaskRow
    row: StepRow
    shown: WorkflowStep


def load_tasks(info: Info, page: Page, which: TaskFilter) -> list[Task]:
    """A page of tasks: one to five statements."""
    wanted = selection_of(info)
    with reading(info.context.deps.engine()) as session:
        found = list_tasks(session, page, which, wanted.parts).tasks
        kinds = _kinds(session, wanted, [task.row.task_id for task in found])
        return [task_of(task, _redactor(info), kinds) for task in found]


def load_row(info: Info, task_id: int) -> TaskRow | None:
    """A task alone, or ``None``: one statement."""
    with reading(info.context.deps.engine()) as session:
        return find_task_row(session, task_id)


def load_task(info: Info, task_id: int) -> Task | None:
    """One task, or ``None``: one to five statements."""
    wanted = selection_of(info)
    with reading(info.context.deps.engine()) as session:
        found = find_task(session, task_id, wanted.parts)
        return None if found is None else task_of(found, _redactor(info), _kinds(session, wanted, [task_id]))


def load_step(info: Info, task_id: int, step_id: int) -> LoadedStep | None:
    """One step of that task, or ``None``: three to six statements."""
    wanted = selection_of(info)
    with reading(info.context.deps.engine()) as session:
        task = find_task_row(session, task_id)
        found = None if task is None else find_step(session, task, step_id)
        if task is None or found is None:
            return None
        steps = steps_by_task(session, [task])[task_id] if wanted.parent_steps else [found]
        kinds = _kinds(session, wanted, [task_id])
        shown = {int(step.workflow_step_id): step for step in steps_of(steps, _redactor(info), kinds)}
    return LoadedStep(task=task, row=found.row, shown=shown[step_id])


def _redactor(info: Info) -> Redactor:
    return info.context.deps.settings.redactor


def _kinds(session: Session, wanted: Selection, task_ids: Sequence[int]) -> Mapping[int, StepKind]:
    return step_kinds(session, task_ids) if wanted.step_kinds else {}
