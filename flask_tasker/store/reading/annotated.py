"""Whether a task has an annotation that says something."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ...models import Task, TaskAnnotation

_LARGEST: Final = 2**63


def is_annotated(
    types: Collection[int] | None, key: str | None, value: str | None, dialect: str
) -> sa.ColumnElement[bool]:
    """A task has an annotation of one of ``types`` that has ``key``, and under it ``value``; ``None`` is any."""
    if types is not None and not types:
        return sa.false()
    wanted = sa.exists().where(TaskAnnotation.task_id == Task.task_id)
    if types is not None:
        wanted = wanted.where(TaskAnnotation.annotation_type_id.in_(types))
    if key is not None:
        wanted = wanted.where(_has(key, value) if dialect == "postgresql" else _member_is(key, value))
    return wanted


def _has(key: str, value: str | None) -> sa.ColumnElement[bool]:
    """By what PostgreSQL's index of JSON knows."""
    said = sa.type_coerce(TaskAnnotation.annotation, JSONB)
    if value is None:
        return sa.and_(said.has_key(key), said[key].astext.is_not(None))
    return sa.or_(*(said.contains({key: one}) for one in _readings(value)))


def _readings(value: str) -> Iterator[str | bool | int | float]:
    """What JSON has that is ``value``: the text, and the number or the truth that it may be."""
    yield value
    try:
        read = json.loads(value)
        if value == value.strip() and isinstance(read, int | float) and math.isfinite(read):
            yield read
    except (ValueError, RecursionError, OverflowError):
        # No JSON, or a number that no float comes near to.
        return


def _member_is(key: str, value: str | None) -> sa.ColumnElement[bool]:
    """By a look at each member."""
    each = sa.func.json_each(TaskAnnotation.annotation).table_valued("key", "value", "type", name="each_member")
    said = each.c.type != "null" if value is None else sa.or_(*(_is(each, one) for one in _readings(value)))
    return sa.exists().select_from(each).where(each.c.key == key, said).correlate(TaskAnnotation)


def _is(each: sa.TableValuedAlias, one: str | bool | int | float) -> sa.ColumnElement[bool]:
    if isinstance(one, bool):
        return each.c.type == ("true" if one else "false")
    if isinstance(one, str):
        return sa.and_(each.c.type == "text", each.c.value == one)
    # SQLite has integers of 64 bits, and floats for the others.
    number = one if abs(one) < _LARGEST else float(one)
    return sa.and_(each.c.type.in_(("integer", "real")), each.c.value == number)
