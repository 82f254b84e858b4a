"""All rows as they stand, read at one moment."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from flask_tasker.lifecycle import StepStatus, TaskStatus
from flask_tasker.models import Task, TaskTransition, WorkflowStep, WorkflowStepEdge, WorkflowStepTransition
from flask_tasker.store.database import Database
from flask_tasker.store.tables import table_of


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """A task."""

    task_id: int
    status: str


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A step."""

    workflow_step_id: int
    task_id: int
    name: str
    status: str
    attempts: int
    results: Any
    next_attempt_at: datetime | None
    cancel_requested_at: datetime | None
    lease_token: uuid.UUID | None
    leased_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class StepEntry:
    """One line of a step's history."""

    workflow_step_transition_id: int
    workflow_step_id: int
    from_status: str
    to_status: str
    attempt: int
    lease_token: uuid.UUID | None
    actor: str
    reason: str | None

    @property
    def is_claim(self) -> bool:
        """Whether a worker took the step."""
        return self.to_status == StepStatus.IN_PROGRESS

    @property
    def is_record(self) -> bool:
        """Whether an attempt ended."""
        return self.from_status == StepStatus.IN_PROGRESS

    @property
    def is_retry(self) -> bool:
        """Whether an operator began anew."""
        return (self.from_status, self.to_status) == (StepStatus.ERROR, StepStatus.PENDING)


@dataclass(frozen=True, kw_only=True)
class TaskEntry:
    """One line of a task's history."""

    task_transition_id: int
    task_id: int
    from_status: str
    to_status: str
    actor: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Everything: steps and tasks by key, their histories in order, and who waits for whom."""

    tasks: Mapping[int, TaskRow]
    steps: Mapping[int, StepRow]
    parents: Mapping[int, Sequence[int]]
    step_entries: Sequence[StepEntry]
    task_entries: Sequence[TaskEntry]
    ledger: Mapping[int, int]

    def steps_of(self, task_id: int) -> list[StepRow]:
        """The steps of a task."""
        return [step for step in self.steps.values() if step.task_id == task_id]

    def step_histories(self) -> dict[int, list[StepEntry]]:
        """The lines of each step, in order."""
        found: dict[int, list[StepEntry]] = {step_id: [] for step_id in self.steps}
        for entry in self.step_entries:
            found[entry.workflow_step_id].append(entry)
        return found

    def task_histories(self) -> dict[int, list[TaskEntry]]:
        """The lines of each task, in order."""
        found: dict[int, list[TaskEntry]] = {task_id: [] for task_id in self.tasks}
        for entry in self.task_entries:
            found[entry.task_id].append(entry)
        return found

    def open_tasks(self) -> list[TaskRow]:
        """Tasks that wait for their steps."""
        return [task for task in self.tasks.values() if task.status in (TaskStatus.PENDING, TaskStatus.IN_PROGRESS)]


Row = TypeVar("Row")


def read_rows(database: Database, ledger: sa.Table) -> Rows:
    """Read everything in one transaction."""

    def read(connection: sa.Connection) -> Rows:
        edges = table_of(WorkflowStepEdge)
        parents: dict[int, list[int]] = defaultdict(list)
        for edge in connection.execute(sa.select(edges.c.child_step_id, edges.c.parent_step_id)):
            parents[edge.child_step_id].append(edge.parent_step_id)
        written = sa.select(ledger.c.step_id, sa.func.count().label("times")).group_by(ledger.c.step_id)
        return Rows(
            tasks={row.task_id: row for row in _all(connection, table_of(Task), TaskRow)},
            steps={row.workflow_step_id: row for row in _all(connection, table_of(WorkflowStep), StepRow)},
            parents=parents,
            step_entries=_all(connection, table_of(WorkflowStepTransition), StepEntry),
            task_entries=_all(connection, table_of(TaskTransition), TaskEntry),
            ledger={row.step_id: row.times for row in connection.execute(written)},
        )

    return database.read(read)


def _all(connection: sa.Connection, table: sa.Table, kind: type[Row]) -> list[Row]:
    names = list(getattr(kind, "__dataclass_fields__"))  # noqa: B009 - no attribute of a plain type
    rows = connection.execute(sa.select(*(table.c[name] for name in names)).order_by(*table.primary_key.columns))
    return [kind(**row._mapping) for row in rows]
