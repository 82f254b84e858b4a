"""Tasks, each with all that belongs to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from ...lifecycle import DONE_STEP
from ...models import AnnotationType, NamedTask, Task, TaskAnnotation
from .conditions import conditions
from .filters import TaskFilter
from .page import Page, Position, page_of, sorting_column
from .steps import StepReading, steps_by_task


@dataclass(frozen=True, kw_only=True)
class AnnotationReading:
    """An annotation, and its type."""

    row: TaskAnnotation
    annotation_type: AnnotationType

    @property
    def annotation_type_name(self) -> str:
        """What it is about."""
        return self.annotation_type.name


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


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What to read of tasks beside their own rows; each has its statements, and what is not read is shown as empty.

    Attributes:
        context: also of their own rows; it may be large, and steps need it.
    """

    steps: bool = True
    edges: bool = True
    annotations: bool = True
    context: bool = True


@dataclass(frozen=True, kw_only=True)
class TaskListing:
    """A page of tasks, and where the next one begins, if there is one."""

    tasks: Sequence[TaskReading]
    next: Position | None


EVERY_TASK = TaskFilter()
EVERY_PART = Parts()


def list_tasks(session: Session, page: Page, which: TaskFilter = EVERY_TASK, parts: Parts = EVERY_PART) -> TaskListing:
    """A page of tasks, each with all that belongs to it: four statements, or fewer where not every part is wanted.

    Those of ``conditions`` come first.
    """
    wanted = _tasks().where(*conditions(session.connection(), which))
    if not parts.context:
        wanted = wanted.options(defer(Task.context, raiseload=True))
    rows = session.execute(page_of(wanted, Task, replace(page, limit=page.limit + 1))).all()
    shown, more = rows[: page.limit], rows[page.limit :]
    column = sorting_column(Task, page.sort_by)
    last = shown[-1].Task if shown and more else None
    return TaskListing(
        tasks=_complete(session, shown, parts),
        next=None if last is None else Position(value=getattr(last, column.key), key=last.task_id),
    )


def count_tasks(session: Session, which: TaskFilter = EVERY_TASK) -> int:
    """How many tasks there are: one statement, after those of ``conditions``."""
    tasks = sa.select(sa.func.count()).select_from(Task)
    return session.scalars(tasks.where(*conditions(session.connection(), which))).one()


def find_task(session: Session, task_id: int, parts: Parts = EVERY_PART) -> TaskReading | None:
    """One task with all that belongs to it, or ``None``: four statements, or fewer."""
    found = session.execute(_tasks().where(Task.task_id == task_id)).all()
    return next(iter(_complete(session, found, parts)), None)


def find_task_row(session: Session, task_id: int) -> Task | None:
    """One task alone, or ``None``: one statement."""
    return session.scalar(sa.select(Task).where(Task.task_id == task_id))


def _tasks() -> sa.Select[Task, NamedTask]:
    return sa.select(Task, NamedTask).join(NamedTask, NamedTask.named_task_id == Task.named_task_id)


def _complete(session: Session, found: Sequence[sa.Row[Task, NamedTask]], parts: Parts) -> list[TaskReading]:
    tasks = [row.Task for row in found]
    steps = steps_by_task(session, tasks, edges=parts.edges) if parts.steps else {}
    annotations = _annotations_by_task(session, tasks) if parts.annotations else {}
    return [
        TaskReading(
            row=row.Task,
            named_task=row.NamedTask,
            workflow_steps=tuple(steps.get(row.Task.task_id, ())),
            task_annotations=tuple(annotations.get(row.Task.task_id, ())),
        )
        for row in found
    ]


def _annotations_by_task(session: Session, tasks: Sequence[Task]) -> Mapping[int, list[AnnotationReading]]:
    rows = session.execute(
        sa.select(TaskAnnotation, AnnotationType)
        .join(AnnotationType, AnnotationType.annotation_type_id == TaskAnnotation.annotation_type_id)
        .where(TaskAnnotation.task_id.in_([task.task_id for task in tasks]))
        .order_by(TaskAnnotation.task_annotation_id)
    )
    found: defaultdict[int, list[AnnotationReading]] = defaultdict(list)
    for row in rows:
        found[row.TaskAnnotation.task_id].append(
            AnnotationReading(row=row.TaskAnnotation, annotation_type=row.AnnotationType)
        )
    return found
