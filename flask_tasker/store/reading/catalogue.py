"""What annotations are about, and what steps are kinds of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...models import AnnotationType, DependentSystem, NamedStep, Task, TaskAnnotation, WorkflowStep


@dataclass(frozen=True, kw_only=True)
class AnnotationKind:
    """A type of annotation."""

    annotation_type_id: int
    name: str
    description: str | None


def list_annotation_types(session: Session, *, owners: Collection[str] | None = None) -> list[AnnotationKind]:
    """All types of annotation that tasks of these owners have, by name: one statement."""
    types = sa.select(AnnotationType).order_by(AnnotationType.name)
    if owners is not None:
        types = types.where(
            sa.exists()
            .where(TaskAnnotation.annotation_type_id == AnnotationType.annotation_type_id)
            .where(TaskAnnotation.task_id == Task.task_id, Task.owner.in_(owners))
        )
    return [
        AnnotationKind(annotation_type_id=row.annotation_type_id, name=row.name, description=row.description)
        for row in session.scalars(types)
    ]


@dataclass(frozen=True, kw_only=True)
class StepKind:
    """A kind of step, and the system that it depends on."""

    row: NamedStep
    dependent_system: DependentSystem


def step_kinds(session: Session, task_ids: Collection[int]) -> Mapping[int, StepKind]:
    """The kinds of all steps of these tasks, by their ids: one statement."""
    theirs = sa.select(WorkflowStep.named_step_id).where(WorkflowStep.task_id.in_(task_ids))
    rows = session.execute(
        sa.select(NamedStep, DependentSystem)
        .join(DependentSystem, DependentSystem.dependent_system_id == NamedStep.dependent_system_id)
        .where(NamedStep.named_step_id.in_(theirs))
    )
    return {
        row.NamedStep.named_step_id: StepKind(row=row.NamedStep, dependent_system=row.DependentSystem) for row in rows
    }
