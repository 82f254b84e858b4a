"""What annotations are about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...models import AnnotationType, Task, TaskAnnotation


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
