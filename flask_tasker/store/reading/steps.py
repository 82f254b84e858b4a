"""Steps, and what other tables say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...models import DependentSystem, NamedStep, Task, WorkflowStep, WorkflowStepEdge
from .page import Page, page_of


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


def list_steps(session: Session, task: Task, page: Page) -> list[StepReading]:
    """A page of one task's steps: two statements."""
    rows = session.execute(page_of(_steps().where(WorkflowStep.task_id == task.task_id), WorkflowStep, page)).all()
    ids = [row.WorkflowStep.workflow_step_id for row in rows]
    return _with_parents(session, [task], rows, WorkflowStepEdge.child_step_id.in_(ids))


def find_step(session: Session, task: Task, step_id: int) -> StepReading | None:
    """One step of one task, or ``None``, also where the step is another task's: two statements."""
    wanted = _steps().where(WorkflowStep.task_id == task.task_id, WorkflowStep.workflow_step_id == step_id)
    rows = session.execute(wanted).all()
    return next(iter(_with_parents(session, [task], rows, WorkflowStepEdge.child_step_id == step_id)), None)


def steps_by_task(session: Session, tasks: Sequence[Task], *, edges: bool = True) -> Mapping[int, list[StepReading]]:
    """All steps of these tasks, by the task, as the handler declares them: two statements, one without their edges."""
    theirs = WorkflowStep.task_id.in_([task.task_id for task in tasks])
    rows = session.execute(_steps().where(theirs).order_by(WorkflowStep.workflow_step_id)).all()
    found: defaultdict[int, list[StepReading]] = defaultdict(list)
    # Edges are asked for by task, not by step: a page of wide tasks has more steps than a statement takes parameters.
    for step in _with_parents(session, tasks, rows, theirs if edges else None):
        found[step.row.task_id].append(step)
    return found


def _steps() -> sa.Select[WorkflowStep, str]:
    return (
        sa.select(WorkflowStep, DependentSystem.name.label("dependent_system"))
        .join(NamedStep, NamedStep.named_step_id == WorkflowStep.named_step_id)
        .join(DependentSystem, DependentSystem.dependent_system_id == NamedStep.dependent_system_id)
    )


def _with_parents(
    session: Session,
    tasks: Sequence[Task],
    rows: Sequence[sa.Row[WorkflowStep, str]],
    which: sa.ColumnElement[bool] | None,
) -> list[StepReading]:
    contexts = {task.task_id: task.context for task in tasks}
    parents = defaultdict[int, list[int]](list) if which is None else _parents(session, which)
    return [
        StepReading(
            row=row.WorkflowStep,
            context=contexts[row.WorkflowStep.task_id],
            dependent_system=row.dependent_system,
            parent_ids=tuple(parents[row.WorkflowStep.workflow_step_id]),
        )
        for row in rows
    ]


def _parents(session: Session, which: sa.ColumnElement[bool]) -> defaultdict[int, list[int]]:
    edges = session.execute(
        sa.select(WorkflowStepEdge.parent_step_id, WorkflowStepEdge.child_step_id)
        .join(WorkflowStep, WorkflowStep.workflow_step_id == WorkflowStepEdge.child_step_id)
        .where(which)
        .order_by(WorkflowStepEdge.parent_step_id)
    )
    parents: defaultdict[int, list[int]] = defaultdict(list)
    for parent, child in edges:
        parents[child].append(parent)
    return parents
