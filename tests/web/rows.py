"""Rows as the engine leaves them, written directly: these tests ask how rows are shown, not how they come about."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.models import (
    AnnotationType,
    Base,
    DependentSystem,
    NamedStep,
    NamedTask,
    Task,
    TaskAnnotation,
    WorkflowStep,
    WorkflowStepEdge,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A step to write: its name, the names of its parents, and columns that differ from a new step's."""

    name: str
    parents: Sequence[str] = ()
    system: str = "shop"
    columns: Mapping[str, Any] = field(default_factory=dict)


CHAIN = (StepRow(name="one"), StepRow(name="two", parents=["one"]), StepRow(name="three", parents=["one", "two"]))
COMPLETE = {"status": "complete", "attempts": 1, "processed_at": NOW, "last_attempted_at": NOW}
LEASED = {
    "status": "in_progress",
    "attempts": 1,
    "lease_token": uuid.UUID(int=7),
    "leased_until": NOW + timedelta(seconds=30),
    "last_attempted_at": NOW,
}


class Rows:
    """Writes rows, each call in a transaction of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def task(self, *, name: str = "copy", steps: Sequence[StepRow] = CHAIN, **columns: Any) -> int:
        """Write a task with its steps and give back its id."""
        with Session(self.engine) as session:
            task = Task(named_task_id=_named_task(session, name), **(_new_task() | columns))
            session.add(task)
            session.flush()
            _write_steps(session, task.task_id, steps)
            session.commit()
            return task.task_id

    def annotation(self, task_id: int, step_name: str, *, kind: str, data: Mapping[str, Any]) -> int:
        """Write an annotation and give back its id."""
        with Session(self.engine) as session:
            note = TaskAnnotation(
                task_id=task_id,
                workflow_step_id=self.step_ids(task_id)[step_name],
                annotation_type_id=_found_or_made(session, AnnotationType, name=kind).annotation_type_id,
                annotation=dict(data),
                created_at=NOW,
                updated_at=NOW,
            )
            session.add(note)
            session.commit()
            return note.task_annotation_id

    def step_ids(self, task_id: int) -> dict[str, int]:
        """The ids of a task's steps, by name."""
        with self.engine.connect() as connection:
            steps = sa.select(WorkflowStep.name, WorkflowStep.workflow_step_id).where(WorkflowStep.task_id == task_id)
            return {row.name: row.workflow_step_id for row in connection.execute(steps)}


def create_tables(engine: sa.Engine) -> None:
    """Create all tables."""
    Base.metadata.create_all(engine)


def delete_rows(engine: sa.Engine) -> None:
    """Empty all tables."""
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


def _new_task() -> dict[str, Any]:
    return {
        "status": "pending",
        "context": {"order_id": 1},
        "initiator": "test",
        "source_system": "pytest",
        "reason": "to see it",
        "tags": [],
        "bypass_steps": [],
        "identity_hash": uuid.uuid4().hex,
        "identity_minute": NOW,
        "requested_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _write_steps(session: Session, task_id: int, steps: Sequence[StepRow]) -> None:
    ids: dict[str, int] = {}
    for step in steps:
        system = _found_or_made(session, DependentSystem, name=step.system).dependent_system_id
        kind = _found_or_made(session, NamedStep, name=step.name, dependent_system_id=system)
        row = WorkflowStep(
            task_id=task_id, named_step_id=kind.named_step_id, name=step.name, **(_new_step() | dict(step.columns))
        )
        session.add(row)
        session.flush()
        ids[step.name] = row.workflow_step_id
        session.add_all(
            WorkflowStepEdge(parent_step_id=ids[parent], child_step_id=row.workflow_step_id) for parent in step.parents
        )


def _new_step() -> dict[str, Any]:
    return {
        "map_index": 0,
        "status": "pending",
        "attempts": 0,
        "retry_limit": 3,
        "retryable": True,
        "skippable": False,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _named_task(session: Session, name: str) -> int:
    named_task: NamedTask = _found_or_made(session, NamedTask, namespace="shop", name=name, version="1.2.0")
    return named_task.named_task_id


def _found_or_made(session: Session, model: Any, **columns: Any) -> Any:
    found = session.scalars(sa.select(model).filter_by(**columns)).one_or_none()
    if found is None:
        found = model(created_at=NOW, **columns)
        session.add(found)
        session.flush()
    return found
