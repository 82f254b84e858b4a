"""Which tasks a list has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ...models import AnnotationType, NamedTask, Task, TaskAnnotation


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """What the tasks of a list have in common; ``None`` is anything.

    Attributes:
        owners: whose tasks.
        task_ids: some of these.
        kinds: of these named tasks, by their keys.
        reason: what is somewhere in why it was asked for, in small letters or large.
        annotation_value: what the annotation has under ``annotation_key``, as text.
        requested_after: from then on.
        requested_before: until then, and not then.
    """

    owners: Collection[str] | None = None
    task_ids: Collection[int] | None = None
    kinds: Collection[int] | None = None
    status: str | None = None
    name: str | None = None
    namespace: str | None = None
    initiator: str | None = None
    source_system: str | None = None
    tag: str | None = None
    reason: str | None = None
    annotation_type: str | None = None
    annotation_key: str | None = None
    annotation_value: str | None = None
    requested_after: datetime | None = None
    requested_before: datetime | None = None

    def conditions(self, dialect: str) -> list[sa.ColumnElement[bool]]:
        """What to ask of ``Task`` joined with ``NamedTask``."""
        plain: list[tuple[Any, Any]] = [
            (Task.status, self.status),
            (NamedTask.name, self.name),
            (NamedTask.namespace, self.namespace),
            (Task.initiator, self.initiator),
            (Task.source_system, self.source_system),
        ]
        found: list[sa.ColumnElement[bool]] = [column == value for column, value in plain if value is not None]
        if self.owners is not None:
            found.append(Task.owner.in_(self.owners))
        if self.task_ids is not None:
            found.append(Task.task_id.in_(self.task_ids))
        if self.kinds is not None:
            found.append(Task.named_task_id.in_(self.kinds))
        if self.requested_after is not None:
            found.append(Task.requested_at >= self.requested_after)
        if self.requested_before is not None:
            found.append(Task.requested_at < self.requested_before)
        if self.reason is not None:
            # SQLite knows small and large letters of ASCII only.
            found.append(Task.reason.icontains(self.reason, autoescape=True))
        if self.tag is not None:
            found.append(_is_tagged(self.tag, dialect))
        if not (self.annotation_type is None and self.annotation_key is None):
            found.append(self._is_annotated(dialect))
        return found

    def _is_annotated(self, dialect: str) -> sa.ColumnElement[bool]:
        wanted = sa.exists().where(TaskAnnotation.task_id == Task.task_id)
        if self.annotation_type is not None:
            wanted = wanted.where(
                TaskAnnotation.annotation_type_id == AnnotationType.annotation_type_id,
                AnnotationType.name == self.annotation_type,
            )
        if self.annotation_key is not None:
            value = _member(TaskAnnotation.annotation, self.annotation_key, dialect)
            wanted = wanted.where(
                value.is_not(None) if self.annotation_value is None else value == self.annotation_value
            )
        return wanted


def _is_tagged(tag: str, dialect: str) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        tags = sa.type_coerce(Task.tags, JSONB)
        # The index has the tasks that are tagged.
        return sa.and_(tags != sa.literal_column("'[]'::jsonb"), tags.contains([tag]))
    each = sa.func.json_each(Task.tags).table_valued("value", name="each_tag")
    return sa.exists().select_from(each).where(each.c.value == tag)


def _member(data: Any, name: str, dialect: str) -> sa.ColumnElement[Any]:
    """What an object has under ``name``, as text: ``true``, ``1``, ``one``."""
    if dialect == "postgresql":
        text_of: sa.ColumnElement[Any] = sa.type_coerce(data, JSONB)[name].astext
        return text_of
    each = sa.func.json_each(data).table_valued("key", "value", "type", name="each_member")
    truth = [(each.c.type == said, said) for said in ("true", "false")]
    text = sa.case(*truth, else_=sa.cast(each.c.value, sa.Text))
    return sa.select(text).select_from(each).where(each.c.key == name).correlate(TaskAnnotation).scalar_subquery()
