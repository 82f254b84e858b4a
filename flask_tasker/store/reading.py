"""What is shown of tasks and steps: a fixed number of statements, however many rows a page has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ..lifecycle import DONE_STEP
from ..models import (
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
from .database import READ_ONLY
from .tables import table_of

AnySelect = TypeVar("AnySelect", bound="sa.Select[*tuple[Any, ...]]")


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which rows of a list: ``sort_by`` names a column; one that is unknown or holds JSON means the key."""

    limit: int
    offset: int = 0
    sort_by: str = ""
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class StepReading:
    """A step, and what other tables say of it."""

    row: WorkflowStep
    context: Mapping[str, Any]
    dependent_system: str
    parent_ids: tuple[int, ...]

    @property
    def inputs(self) -> Any:
        """The step's own inputs, else the context of its task."""
        return self.context if self.row.inputs is None else self.row.inputs

    @property
    def only_parent_id(self) -> int | None:
        """The parent, where there is exactly one."""
        return self.parent_ids[0] if len(self.parent_ids) == 1 else None


@dataclass(frozen=True, kw_only=True)
class AnnotationReading:
    """An annotation, and the name of its type."""

    row: TaskAnnotation
    annotation_type_name: str


@dataclass(frozen=True, kw_only=True)
class TaskReading:
    """A task with its catalogue row, its steps as its handler declares them, and its annotations by id."""

    row: Task
    named_task: NamedTask
    workflow_steps: tuple[StepReading, ...]
    task_annotations: tuple[AnnotationReading, ...]

    @property
    def full_name(self) -> str:
        """The handler's key as people write it: ``namespace/name@version``."""
        return f"{self.named_task.namespace}/{self.named_task.name}@{self.named_task.version}"

    @property
    def percent_complete(self) -> int:
        """The share of steps that are done, from 0 to 100, rounded down."""
        done = sum(step.row.status in DONE_STEP for step in self.workflow_steps)
        return 100 * done // max(len(self.workflow_steps), 1)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[Session]:
    """A session whose statements all see the database as it was at the first of them; it takes no write lock."""
    options: dict[str, Any] = {READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        # By default each statement there sees what was committed before it, so that a task and its steps could differ.
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection, Session(connection) as session:
        yield session


def list_tasks(session: Session, page: Page) -> list[TaskReading]:
    """A page of tasks, each with all that belongs to it: four statements."""
    return _complete(session, _page_of(_tasks(), Task, page))


def find_task(session: Session, task_id: int) -> TaskReading | None:
    """One task with all that belongs to it, or ``None``: four statements."""
    return next(iter(_complete(session, _tasks().where(Task.task_id == task_id))), None)


def find_task_row(session: Session, task_id: int) -> Task | None:
    """One task alone, or ``None``: one statement."""
    return session.scalar(sa.select(Task).where(Task.task_id == task_id))


def list_steps(session: Session, task: Task, page: Page) -> list[StepReading]:
    """A page of one task's steps: two statements."""
    rows = session.execute(_page_of(_steps().where(WorkflowStep.task_id == task.task_id), WorkflowStep, page)).all()
    ids = [row.WorkflowStep.workflow_step_id for row in rows]
    return _with_parents(session, [task], rows, WorkflowStepEdge.child_step_id.in_(ids))


def find_step(session: Session, task: Task, step_id: int) -> StepReading | None:
    """One step of one task, or ``None``, also where the step is another task's: two statements."""
    wanted = _steps().where(WorkflowStep.task_id == task.task_id, WorkflowStep.workflow_step_id == step_id)
    rows = session.execute(wanted).all()
    return next(iter(_with_parents(session, [task], rows, WorkflowStepEdge.child_step_id == step_id)), None)


def _tasks() -> sa.Select[Task, NamedTask]:
    return sa.select(Task, NamedTask).join(NamedTask, NamedTask.named_task_id == Task.named_task_id)


def _steps() -> sa.Select[WorkflowStep, str]:
    return (
        sa.select(WorkflowStep, DependentSystem.name.label("dependent_system"))
        .join(NamedStep, NamedStep.named_step_id == WorkflowStep.named_step_id)
        .join(DependentSystem, DependentSystem.dependent_system_id == NamedStep.dependent_system_id)
    )


def _page_of(statement: AnySelect, model: type[Base], page: Page) -> AnySelect:
    table = table_of(model)
    key = table.primary_key.columns[0]
    column = table.c.get(page.sort_by, key)
    if isinstance(column.type, sa.JSON):
        column = key
    # The databases place NULL at different ends; said outright it is the end that PostgreSQL's indexes have it at. The
    # key makes the order total, so that no row is on two pages.
    order = (column.desc().nulls_first(), key.desc()) if page.descending else (column.asc().nulls_last(), key.asc())
    return statement.order_by(*order).limit(page.limit).offset(page.offset)


def _complete(session: Session, statement: sa.Select[Task, NamedTask]) -> list[TaskReading]:
    found = session.execute(statement).all()
    tasks = [row.Task for row in found]
    steps, annotations = _steps_by_task(session, tasks), _annotations_by_task(session, tasks)
    return [
        TaskReading(
            row=row.Task,
            named_task=row.NamedTask,
            workflow_steps=tuple(steps[row.Task.task_id]),
            task_annotations=tuple(annotations[row.Task.task_id]),
        )
        for row in found
    ]


def _steps_by_task(session: Session, tasks: Sequence[Task]) -> Mapping[int, list[StepReading]]:
    theirs = WorkflowStep.task_id.in_([task.task_id for task in tasks])
    rows = session.execute(_steps().where(theirs).order_by(WorkflowStep.workflow_step_id)).all()
    found: defaultdict[int, list[StepReading]] = defaultdict(list)
    # Edges are asked for by task, not by step: a page of wide tasks has more steps than a statement takes parameters.
    for step in _with_parents(session, tasks, rows, theirs):
        found[step.row.task_id].append(step)
    return found


def _with_parents(
    session: Session, tasks: Sequence[Task], rows: Sequence[sa.Row[WorkflowStep, str]], which: sa.ColumnElement[bool]
) -> list[StepReading]:
    edges = session.execute(
        sa.select(WorkflowStepEdge.parent_step_id, WorkflowStepEdge.child_step_id)
        .join(WorkflowStep, WorkflowStep.workflow_step_id == WorkflowStepEdge.child_step_id)
        .where(which)
        .order_by(WorkflowStepEdge.parent_step_id)
    )
    contexts = {task.task_id: task.context for task in tasks}
    parents: defaultdict[int, list[int]] = defaultdict(list)
    for parent, child in edges:
        parents[child].append(parent)
    return [
        StepReading(
            row=row.WorkflowStep,
            context=contexts[row.WorkflowStep.task_id],
            dependent_system=row.dependent_system,
            parent_ids=tuple(parents[row.WorkflowStep.workflow_step_id]),
        )
        for row in rows
    ]


def _annotations_by_task(session: Session, tasks: Sequence[Task]) -> Mapping[int, list[AnnotationReading]]:
    rows = session.execute(
        sa.select(TaskAnnotation, AnnotationType.name)
        .join(AnnotationType, AnnotationType.annotation_type_id == TaskAnnotation.annotation_type_id)
        .where(TaskAnnotation.task_id.in_([task.task_id for task in tasks]))
        .order_by(TaskAnnotation.task_annotation_id)
    )
    found: defaultdict[int, list[AnnotationReading]] = defaultdict(list)
    for annotation, name in rows:
        found[annotation.task_id].append(AnnotationReading(row=annotation, annotation_type_name=name))
    return found
