"""Which tasks a list has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ...models import NamedTask, Task
from .annotated import is_annotated
from .page import Page
from .words import says


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """What the tasks of a list have in common; ``None`` is anything.

    Attributes:
        owners: whose tasks.
        task_ids: some of these.
        kinds: of these named tasks, by their keys.
        reason: words, each of which begins one of those that say why it was asked for, in small letters or large.
        annotation_value: what the annotation has under ``annotation_key``: this text, or the number or truth it may be.
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
            found.append(says(self.reason, dialect))
        if self.tag is not None:
            found.append(_is_tagged(self.tag, dialect))
        if not (self.annotation_type is None and self.annotation_key is None):
            found.append(is_annotated(self.annotation_type, self.annotation_key, self.annotation_value, dialect))
        return found

    def ordered(self, page: Page) -> Page:
        """``page``, by the key where it has no order, and by time where the tasks are of some time.

        They are together in that order only.
        """
        of_a_time = self.requested_after is not None or self.requested_before is not None
        return replace(page, sort_by=page.sort_by or ("requested_at" if of_a_time else "task_id"))


def _is_tagged(tag: str, dialect: str) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        tags = sa.type_coerce(Task.tags, JSONB)
        # The index has the tasks that are tagged.
        return sa.and_(tags != sa.literal_column("'[]'::jsonb"), tags.contains([tag]))
    each = sa.func.json_each(Task.tags).table_valued("value", name="each_tag")
    return sa.exists().select_from(each).where(each.c.value == tag)
