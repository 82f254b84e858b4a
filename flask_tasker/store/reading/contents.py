"""What steps hold, as far as a page shows it: JSON whole where it is small, else the beginning of its text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from ...models import AnnotationType, TaskAnnotation, WorkflowStep, WorkflowStepTransition
from ...redaction import OVERLAP


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """JSON out of the database: ``value`` where its text is small enough, else the beginning of that, ``text``.

    ``size`` is how many characters there are of it; ``None``: there is none.
    """

    value: Any
    text: str | None
    size: int | None


@dataclass(frozen=True, kw_only=True)
class StepContents:
    """What a step was given, and what it gave; ``trace`` is how the history begins to tell the last failure.

    It has ``OVERLAP`` more characters than are to be shown: they tell whether a secret ends there.
    """

    inputs: Excerpt
    results: Excerpt
    trace: str | None


@dataclass(frozen=True, kw_only=True)
class AnnotationExcerpt:
    """An annotation, from which step it is, and of which type."""

    task_annotation_id: int
    annotation_type_name: str
    step_name: str
    annotation: Excerpt
    updated_at: datetime


def step_contents(
    session: Session, step_ids: Collection[int], *, most: int, whole: int, begun: int
) -> Mapping[int, StepContents]:
    """What these steps hold: values of up to ``whole`` characters, ``begun`` of others, ``most`` of a trace.

    Two statements.
    """
    traces = _traces(session, step_ids, most=most)
    rows = session.execute(
        sa.select(
            WorkflowStep.workflow_step_id,
            *_excerpt(WorkflowStep.inputs, "inputs", whole, begun),
            *_excerpt(WorkflowStep.results, "results", whole, begun),
        ).where(WorkflowStep.workflow_step_id.in_(step_ids))
    )
    return {
        row.workflow_step_id: StepContents(
            inputs=_read(row, "inputs"), results=_read(row, "results"), trace=traces.get(row.workflow_step_id)
        )
        for row in rows
    }


def annotation_excerpts(
    session: Session, task_id: int, *, limit: int, whole: int, begun: int
) -> list[AnnotationExcerpt]:
    """The first ``limit`` annotations of a task, of up to ``whole`` characters, ``begun`` of others: one statement."""
    rows = session.execute(
        sa.select(
            TaskAnnotation.task_annotation_id,
            AnnotationType.name.label("kind"),
            WorkflowStep.name.label("step_name"),
            TaskAnnotation.updated_at,
            *_excerpt(TaskAnnotation.annotation, "annotation", whole, begun),
        )
        .join(AnnotationType, AnnotationType.annotation_type_id == TaskAnnotation.annotation_type_id)
        .join(WorkflowStep, WorkflowStep.workflow_step_id == TaskAnnotation.workflow_step_id)
        .where(TaskAnnotation.task_id == task_id)
        .order_by(TaskAnnotation.task_annotation_id)
        .limit(limit)
    )
    return [
        AnnotationExcerpt(
            task_annotation_id=row.task_annotation_id,
            annotation_type_name=row.kind,
            step_name=row.step_name,
            annotation=_read(row, "annotation"),
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _traces(session: Session, step_ids: Collection[int], *, most: int) -> Mapping[int, str]:
    history = WorkflowStepTransition
    last = (
        sa.select(sa.func.max(history.workflow_step_transition_id))
        .where(history.workflow_step_id.in_(step_ids), history.error.is_not(None))
        .group_by(history.workflow_step_id)
    )
    rows = session.execute(
        sa.select(history.workflow_step_id, sa.func.substr(history.error, 1, most + OVERLAP).label("error")).where(
            history.workflow_step_transition_id.in_(last)
        )
    )
    return {row.workflow_step_id: row.error for row in rows}


def _excerpt(
    column: InstrumentedAttribute[Any], name: str, whole: int, begun: int
) -> tuple[sa.ColumnElement[Any], ...]:
    text = sa.cast(column, sa.Text)
    size = sa.func.length(text)
    return (
        sa.type_coerce(sa.case((size <= whole, column), else_=sa.null()), column.type).label(name),
        sa.case((size > whole, sa.func.substr(text, 1, begun)), else_=sa.null()).label(f"{name}_text"),
        size.label(f"{name}_size"),
    )


def _read(row: sa.Row[Any], name: str) -> Excerpt:
    found = row._mapping
    return Excerpt(value=found[name], text=found[f"{name}_text"], size=found[f"{name}_size"])
