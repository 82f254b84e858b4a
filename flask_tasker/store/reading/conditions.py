"""A filter as conditions of a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ...models import AnnotationType, NamedTask, Task
from .annotated import is_annotated
from .filters import TaskFilter
from .words import says


def conditions(connection: sa.Connection, which: TaskFilter) -> list[sa.ColumnElement[bool]]:
    """What to ask of ``Task``: a statement where a name or a namespace is asked for, and one for a type of annotation.

    Their keys are found first: an index of tasks has those, and the planner knows how many tasks have a key that it is
    given. Where the statement has yet to find the key, it takes all tasks to have it, and may look at each of them.
    """
    return [*_of_itself(which), *_of_kinds(connection, which), *_of_what_is_said(connection, which)]


def _of_itself(which: TaskFilter) -> Iterator[sa.ColumnElement[bool]]:
    plain: list[tuple[Any, Any]] = [
        (Task.status, which.status),
        (Task.initiator, which.initiator),
        (Task.source_system, which.source_system),
    ]
    yield from (column == value for column, value in plain if value is not None)
    if which.owners is not None:
        yield Task.owner.in_(which.owners)
    if which.task_ids is not None:
        yield Task.task_id.in_(which.task_ids)
    if which.requested_after is not None:
        yield Task.requested_at >= which.requested_after
    if which.requested_before is not None:
        yield Task.requested_at < which.requested_before


def _of_kinds(connection: sa.Connection, which: TaskFilter) -> Iterator[sa.ColumnElement[bool]]:
    names = {NamedTask.name: which.name, NamedTask.namespace: which.namespace}
    asked = [column == name for column, name in names.items() if name is not None]
    if asked:
        kinds = connection.scalars(sa.select(NamedTask.named_task_id).where(*asked)).all()
        yield Task.named_task_id.in_(kinds)


def _of_what_is_said(connection: sa.Connection, which: TaskFilter) -> Iterator[sa.ColumnElement[bool]]:
    dialect = connection.dialect.name
    if which.reason is not None:
        yield says(which.reason, dialect, whole=which.whole_words)
    if which.tag is not None:
        yield _is_tagged(which.tag, dialect)
    if not (which.annotation_type is None and which.annotation_key is None):
        types = _types(connection, which.annotation_type)
        yield is_annotated(types, which.annotation_key, which.annotation_value, dialect)


def _types(connection: sa.Connection, name: str | None) -> Collection[int] | None:
    if name is None:
        return None
    return connection.scalars(sa.select(AnnotationType.annotation_type_id).where(AnnotationType.name == name)).all()


def _is_tagged(tag: str, dialect: str) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        tags = sa.type_coerce(Task.tags, JSONB)
        # The index has the tasks that are tagged.
        return sa.and_(tags != sa.literal_column("'[]'::jsonb"), tags.contains([tag]))
    each = sa.func.json_each(Task.tags).table_valued("value", name="each_tag")
    return sa.exists().select_from(each).where(each.c.value == tag)
