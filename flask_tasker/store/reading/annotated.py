"""Whether a task has an annotation that says something."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ...models import AnnotationType, Task, TaskAnnotation


def is_annotated(kind: str | None, key: str | None, value: str | None, dialect: str) -> sa.ColumnElement[bool]:
    """A task has an annotation of type ``kind`` that has ``key``, and under it ``value``, as text; ``None`` is any."""
    wanted = sa.exists().where(TaskAnnotation.task_id == Task.task_id)
    if kind is not None:
        types = sa.select(AnnotationType.annotation_type_id).where(AnnotationType.name == kind)
        wanted = wanted.where(TaskAnnotation.annotation_type_id == types.scalar_subquery())
    if key is not None:
        wanted = wanted.where(_has(key, value) if dialect == "postgresql" else _member_is(key, value))
    return wanted


def _has(key: str, value: str | None) -> sa.ColumnElement[bool]:
    """By what PostgreSQL's index of JSON knows."""
    said = sa.type_coerce(TaskAnnotation.annotation, JSONB)
    if value is None:
        return sa.and_(said.has_key(key), said[key].astext.is_not(None))
    return sa.or_(*(said.contains({key: one}) for one in _readings(value)))


def _readings(value: str) -> Iterator[Any]:
    """What JSON has that is ``value`` as text: the text, and the number or the truth that it may be."""
    yield value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return
    if isinstance(read, bool) or (isinstance(read, int | float) and math.isfinite(read)):
        yield read


def _member_is(key: str, value: str | None) -> sa.ColumnElement[bool]:
    each = sa.func.json_each(TaskAnnotation.annotation).table_valued("key", "value", "type", name="each_member")
    truth = [(each.c.type == said, said) for said in ("true", "false")]
    text = sa.case(*truth, else_=sa.cast(each.c.value, sa.Text))
    found = sa.select(text).select_from(each).where(each.c.key == key).correlate(TaskAnnotation).scalar_subquery()
    return found.is_not(None) if value is None else found == value
