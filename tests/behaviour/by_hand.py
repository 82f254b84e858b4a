"""Tasks as a crash leaves them: rows changed by hand before any worker sees them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flask_tasker.models import Task, TaskTransition, WorkflowStep, WorkflowStepTransition

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)

Change = Callable[[sa.Connection, Mapping[str, int], int], None]


def nothing(_connection: sa.Connection, _steps: Mapping[str, int], _task_id: int) -> None:
    """The task as it was created: only its message is lost."""


def steps_as(**columns: Mapping[str, Any]) -> Change:
    """Put the task in progress and set columns of the steps named, with the history that belongs to it."""

    def change(connection: sa.Connection, steps: Mapping[str, int], task_id: int) -> None:
        _set_task(connection, task_id)
        for name, values in columns.items():
            _set_step(connection, steps[name], values)

    return change


def complete(results: Any = None) -> dict[str, Any]:
    """Columns of a step that is complete."""
    return {"status": "complete", "attempts": 1, "processed_at": LONG_AGO, "results": results, "next_attempt_at": None}


def failed(*, attempts: int, due: datetime | None) -> dict[str, Any]:
    """Columns of a step that failed, and is due again or not."""
    return {"status": "error", "attempts": attempts, "error": "by hand", "next_attempt_at": due}


def leased(*, attempts: int, until: datetime = LONG_AGO) -> dict[str, Any]:
    """Columns of a step whose worker holds it, or went silent."""
    return {
        "status": "in_progress",
        "attempts": attempts,
        "lease_token": uuid.uuid4(),
        "leased_until": until,
        "leased_by": "a worker that is gone",
        "next_attempt_at": None,
    }


def _set_task(connection: sa.Connection, task_id: int) -> None:
    connection.execute(sa.update(Task).where(Task.task_id == task_id).values(status="in_progress"))
    connection.execute(
        sa.insert(TaskTransition).values(
            task_id=task_id, from_status="pending", to_status="in_progress", actor="by hand", created_at=LONG_AGO
        )
    )


def _set_step(connection: sa.Connection, step_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(sa.update(WorkflowStep).where(WorkflowStep.workflow_step_id == step_id).values(**values))
    standing = "pending"
    for attempt in range(1, values["attempts"] + 1):
        ending = values["status"] if attempt == values["attempts"] else "error"
        for target in dict.fromkeys(["in_progress", ending]):
            line = {"from_status": standing, "to_status": target, "attempt": attempt, "actor": "by hand"}
            moment = {"lease_token": values.get("lease_token"), "created_at": LONG_AGO}
            connection.execute(sa.insert(WorkflowStepTransition).values(workflow_step_id=step_id, **line, **moment))
            standing = target
