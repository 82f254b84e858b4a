"""Reading tasks: the rows themselves, by none of the engine's own queries."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.models import (
    AnnotationType,
    Task,
    TaskAnnotation,
    TaskTransition,
    WorkflowStep,
    WorkflowStepEdge,
    WorkflowStepTransition,
)
from tests.behaviour.harness.records import Change, StepRecord, TaskRecord


def read_status(engine: sa.Engine, task_id: int) -> str:
    """Where a task stands."""
    with engine.connect() as connection:
        return connection.execute(sa.select(Task.status).where(Task.task_id == task_id)).scalar_one()


def read_task(engine: sa.Engine, task_id: int) -> TaskRecord:
    """A task with all that belongs to it."""
    with Session(engine) as session:
        steps = session.scalars(
            sa.select(WorkflowStep).where(WorkflowStep.task_id == task_id).order_by(WorkflowStep.workflow_step_id)
        ).all()
        names = {step.workflow_step_id: step.name for step in steps}
        parents, history = _parents(session, names), _step_history(session, task_id)
        return TaskRecord(
            task_id=task_id,
            status=session.get_one(Task, task_id).status,
            steps={step.name: _step(step, parents, history) for step in steps},
            history=_task_history(session, task_id),
            annotations=_annotations(session, task_id, names),
        )


def _step(row: WorkflowStep, parents: dict[int, set[str]], history: dict[int, list[Change]]) -> StepRecord:
    return StepRecord(
        step_id=row.workflow_step_id,
        name=row.name,
        status=row.status,
        attempts=row.attempts,
        results=row.results,
        error=row.error,
        next_attempt_at=row.next_attempt_at,
        backoff_request=row.backoff_request_seconds,
        parents=frozenset(parents[row.workflow_step_id]),
        history=tuple(history[row.workflow_step_id]),
    )


def _parents(session: Session, names: dict[int, str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for edge in session.scalars(sa.select(WorkflowStepEdge).where(WorkflowStepEdge.child_step_id.in_(names))):
        found[edge.child_step_id].add(names[edge.parent_step_id])
    return found


def _step_history(session: Session, task_id: int) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = defaultdict(list)
    rows = session.scalars(
        sa.select(WorkflowStepTransition)
        .join(WorkflowStep, WorkflowStep.workflow_step_id == WorkflowStepTransition.workflow_step_id)
        .where(WorkflowStep.task_id == task_id)
        .order_by(WorkflowStepTransition.workflow_step_transition_id)
    )
    for row in rows:
        change = Change(
            order=row.workflow_step_transition_id,
            source=row.from_status,
            target=row.to_status,
            actor=row.actor,
            reason=row.reason,
            at=row.created_at,
            attempt=row.attempt,
            error=row.error,
            token=row.lease_token,
        )
        found[row.workflow_step_id].append(change)
    return found


def _task_history(session: Session, task_id: int) -> tuple[Change, ...]:
    rows = session.scalars(
        sa.select(TaskTransition).where(TaskTransition.task_id == task_id).order_by(TaskTransition.task_transition_id)
    )
    return tuple(
        Change(
            order=row.task_transition_id,
            source=row.from_status,
            target=row.to_status,
            actor=row.actor,
            reason=row.reason,
            at=row.created_at,
        )
        for row in rows
    )


def _annotations(session: Session, task_id: int, names: dict[int, str]) -> tuple[tuple[str, str, object], ...]:
    rows = session.execute(
        sa.select(AnnotationType.name, TaskAnnotation.workflow_step_id, TaskAnnotation.annotation)
        .join(AnnotationType, AnnotationType.annotation_type_id == TaskAnnotation.annotation_type_id)
        .where(TaskAnnotation.task_id == task_id)
        .order_by(TaskAnnotation.workflow_step_id, AnnotationType.name)
    )
    return tuple((name, names[step_id], data) for name, step_id, data in rows)
