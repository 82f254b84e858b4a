"""Tasks as a command shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..redaction import Redactor
from ..store.reading import StepReading, TaskReading
from ..web.redacting import told
from .text import moment, shortened
from .view import STATUS, Table, View

TASKS: Final = ("ID", "TASK", STATUS, "DONE", "REQUESTED", "INITIATOR", "REASON")
STEPS: Final = ("STEP", STATUS, "ATTEMPTS", "NEXT ATTEMPT", "ERROR")


def tasks_table(tasks: Sequence[TaskReading], redactor: Redactor) -> Table:
    """Tasks, one a line."""
    return Table.of(TASKS, [_task_row(task, redactor) for task in tasks])


def _task_row(task: TaskReading, redactor: Redactor) -> list[object]:
    row, done = task.row, f"{task.percent_complete}%"
    reason = told(redactor, row.reason)
    return [row.task_id, task.full_name, row.status, done, moment(row.requested_at), row.initiator, reason]


def task_view(task: TaskReading, redactor: Redactor) -> View:
    """A task: how it stands, who asked for it, and its steps."""
    rows = [_step_row(step, redactor) for step in task.workflow_steps]
    return View(head=[*map(shortened, _head(task, redactor))], table=Table.of(STEPS, rows))


def _head(task: TaskReading, redactor: Redactor) -> Iterator[str]:
    row = task.row
    yield f"task {row.task_id}, {task.full_name}: {row.status}, {task.percent_complete}% done"
    yield f"requested {moment(row.requested_at)} by {row.initiator}, reason: {told(redactor, row.reason) or '-'}"
    if row.tags:
        yield f"tags: {', '.join(row.tags)}"
    yield ""


def _step_row(step: StepReading, redactor: Redactor) -> list[object]:
    row = step.row
    return [row.name, row.status, _attempts(step), moment(row.next_attempt_at), told(redactor, row.error)]


def _attempts(step: StepReading) -> str:
    return f"{step.row.attempts}/{step.row.retry_limit}"


def changes(before: TaskReading, now: TaskReading, redactor: Redactor) -> list[str]:
    """What has changed of a task and its steps, a line each."""
    earlier = {step.row.workflow_step_id: step for step in before.workflow_steps}
    found = [
        f"{moment(step.row.updated_at)} step {_stands(step, redactor)}"
        for step in now.workflow_steps
        if _stands(step, redactor) != _stands(earlier[step.row.workflow_step_id], redactor)
    ]
    if before.row.status != now.row.status:
        found.append(f"{moment(now.row.updated_at)} task {now.row.task_id}: {now.row.status}")
    return found


def _stands(step: StepReading, redactor: Redactor) -> str:
    row = step.row
    error = f": {shortened(redactor.redacted_text(row.error))}" if row.error else ""
    again = f", next at {moment(row.next_attempt_at)}" if row.error and row.next_attempt_at else ""
    return f"{row.name}: {row.status}, attempt {_attempts(step)}{again}{error}"
