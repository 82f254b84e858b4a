"""Tasks as a command shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ..redaction import Redactor
from ..store.reading import Progress, StepOutline, TaskReading
from ..web.redacting import told
from .looking import TaskLook
from .text import moment, shortened
from .view import STATUS, Table, View

TASKS: Final = ("ID", "TASK", STATUS, "DONE", "REQUESTED", "INITIATOR", "REASON")
STEPS: Final = ("STEP", STATUS, "ATTEMPTS", "NEXT ATTEMPT", "ERROR")


def tasks_table(tasks: Sequence[TaskReading], progress: Mapping[int, Progress], redactor: Redactor) -> Table:
    """Tasks, one a line; how far each has come, by its id."""
    return Table.of(TASKS, [_task_row(task, progress.get(task.row.task_id), redactor) for task in tasks])


def _task_row(task: TaskReading, progress: Progress | None, redactor: Redactor) -> list[object]:
    row, done, reason = task.row, _percent(progress), told(redactor, task.row.reason)
    return [row.task_id, task.full_name, row.status, done, moment(row.requested_at), row.initiator, reason]


def _percent(progress: Progress | None) -> str:
    """The share of steps that are done, rounded down."""
    return "0%" if progress is None else f"{100 * progress.done // max(progress.steps, 1)}%"


def task_view(look: TaskLook) -> View:
    """A task: how it stands, who asked for it, and its steps."""
    return View(head=[*map(shortened, _head(look))], table=Table.of(STEPS, [*map(_step_row, look.steps)]))


def _head(look: TaskLook) -> Iterator[str]:
    row = look.row
    yield f"task {row.task_id}, {look.task.full_name}: {row.status}, {_percent(look.progress)} done"
    yield f"requested {moment(row.requested_at)} by {row.initiator}, reason: {look.reason or '-'}"
    if row.tags:
        yield f"tags: {', '.join(row.tags)}"
    yield ""


def _step_row(step: StepOutline) -> list[object]:
    return [step.name, step.status, _attempts(step), moment(step.next_attempt_at), step.error]


def _attempts(step: StepOutline) -> str:
    return f"{step.attempts}/{step.retry_limit}"


def changes(before: TaskLook, now: TaskLook) -> list[str]:
    """What has changed of a task and its steps, a line each."""
    earlier = {step.workflow_step_id: step for step in before.steps}
    found = [
        f"{moment(step.updated_at)} step {_stands(step)}"
        for step in now.steps
        if _stands(step) != _stands(earlier[step.workflow_step_id])
    ]
    if before.row.status != now.row.status:
        found.append(f"{moment(now.row.updated_at)} task {now.row.task_id}: {now.row.status}")
    return found


def _stands(step: StepOutline) -> str:
    error = f": {shortened(step.error)}" if step.error else ""
    again = f", next at {moment(step.next_attempt_at)}" if step.error and step.next_attempt_at else ""
    return f"{step.name}: {step.status}, attempt {_attempts(step)}{again}{error}"
