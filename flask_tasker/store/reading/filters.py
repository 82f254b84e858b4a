"""Which tasks a list has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from .page import Page


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """What the tasks of a list have in common; ``None`` is anything.

    Attributes:
        owners: whose tasks.
        task_ids: some of these.
        reason: words, each of which begins one of those that say why it was asked for, in small letters or large.
        whole_words: each of which is one of those.
        annotation_value: what the annotation has under ``annotation_key``: this text, or the number or truth it may be.
        requested_after: from then on.
        requested_before: until then, and not then.
    """

    owners: Collection[str] | None = None
    task_ids: Collection[int] | None = None
    status: str | None = None
    name: str | None = None
    namespace: str | None = None
    initiator: str | None = None
    source_system: str | None = None
    tag: str | None = None
    reason: str | None = None
    whole_words: bool = False
    annotation_type: str | None = None
    annotation_key: str | None = None
    annotation_value: str | None = None
    requested_after: datetime | None = None
    requested_before: datetime | None = None

    def ordered(self, page: Page) -> Page:
        """``page``, by the key where it has no order, and by time where the tasks are of some time.

        They are together in that order only.
        """
        of_a_time = self.requested_after is not None or self.requested_before is not None
        return replace(page, sort_by=page.sort_by or ("requested_at" if of_a_time else "task_id"))
