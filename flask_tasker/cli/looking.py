"""Tasks as a table shows them: without what they and their steps hold, which may be large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..errors import NotFoundError
from ..extension import State
from ..lifecycle import DONE_STEP
from ..models import Task
from ..redaction import Redactor
from ..store.reading import (
    ERROR,
    Page,
    Parts,
    Progress,
    StepOutline,
    TaskFilter,
    TaskReading,
    list_tasks,
    reading,
    step_outlines,
)
from ..web.redacting import told

LEAN: Final = Parts(steps=False, edges=False, annotations=False, context=False)
ONE: Final = Page(limit=1)


@dataclass(frozen=True, kw_only=True)
class TaskLook:
    """A task whose context was not read, and the outlines of its steps; ``reason`` and errors have no secrets."""

    task: TaskReading
    steps: Sequence[StepOutline]
    reason: str | None

    @property
    def row(self) -> Task:
        """The task's own row."""
        return self.task.row

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(done=sum(step.status in DONE_STEP for step in self.steps), steps=len(self.steps))


def look_at(state: State, task_id: int) -> TaskLook:
    """A task as it stands.

    Raises:
        NotFoundError: there is none of that id.
    """
    with reading(state.reading_engine()) as session:
        found = list_tasks(session, ONE, TaskFilter(task_ids=[task_id]), LEAN).tasks
        steps = step_outlines(session, task_id) if found else []
    if not found:
        raise NotFoundError(f"no task {task_id}")
    redactor = state.settings.redactor
    told_of = [_without_secrets(redactor, step) for step in steps]
    return TaskLook(task=found[0], steps=told_of, reason=told(redactor, found[0].row.reason))


def _without_secrets(redactor: Redactor, step: StepOutline) -> StepOutline:
    return step if step.error is None else replace(step, error=redactor.redacted_beginning(step.error, ERROR))
