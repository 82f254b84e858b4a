"""Appending to the history."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from ..lifecycle import StepStatus, TaskStatus
from ..models import TaskTransition, WorkflowStepTransition
from .clock import Clock
from .moments import present, reading_of
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class StepEntry:
    """One line of a step's history."""

    step_id: int
    source: StepStatus
    target: StepStatus
    attempt: int
    actor: str
    token: uuid.UUID | None = None
    reason: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class TaskEntry:
    """One line of a task's history."""

    task_id: int
    source: TaskStatus
    target: TaskStatus
    actor: str
    reason: str | None = None


def append_step_entries(connection: sa.Connection, clock: Clock, entries: Sequence[StepEntry]) -> None:
    """Write what happened to steps."""
    if not entries:
        return
    reading = reading_of(clock)
    rows = [
        {
            "workflow_step_id": entry.step_id,
            "from_status": entry.source,
            "to_status": entry.target,
            "attempt": entry.attempt,
            "lease_token": entry.token,
            "actor": entry.actor,
            "reason": entry.reason,
            "error": entry.error,
            **reading,
        }
        for entry in entries
    ]
    connection.execute(_step_entry(), rows)


def append_task_entries(connection: sa.Connection, clock: Clock, entries: Sequence[TaskEntry]) -> None:
    """Write what happened to tasks."""
    reading = reading_of(clock)
    rows = [
        {
            "task_id": entry.task_id,
            "from_status": entry.source,
            "to_status": entry.target,
            "actor": entry.actor,
            "reason": entry.reason,
            **reading,
        }
        for entry in entries
    ]
    connection.execute(_task_entry(), rows)


@cache
def _step_entry() -> sa.Insert:
    return table_of(WorkflowStepTransition).insert().values(created_at=present())


@cache
def _task_entry() -> sa.Insert:
    return table_of(TaskTransition).insert().values(created_at=present())
