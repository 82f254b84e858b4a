"""Which tasks a client asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields as names_of
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates_schema

from ...lifecycle import TaskStatus
from ...redaction import Redactor
from ...store.reading import TaskFilter
from .ids import LARGEST
from .json_fields import WholeNumber
from .paging import PageSchema
from .text import Text

MOST_IDS: Final = 1_000
NO_MOMENT: Final = "must be a moment in ISO 8601"
NO_ID: Final = "must be ids of tasks"
SORT_BY: Final = (
    "a column; one that is unknown means the id; not given, the time where a filter is of time, else the id"
)
WORDS: Final = {"unknown": "is not known here", "type": "must be an object"}


class PointInTime(fields.AwareDateTime):
    """A moment in ISO 8601; without an offset it is in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            format="iso", default_timezone=UTC, error_messages=dict.fromkeys(["invalid", "null"], NO_MOMENT), **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            moment: datetime = super()._deserialize(value, attr, data, **kwargs)
            # Near the ends of the calendar there is no such moment in UTC.
            return moment.astimezone(UTC)
        except (OverflowError, TypeError):
            raise self.make_error("invalid", input=value) from None


class FilterSchema(Schema):
    """The filters of a list of tasks: what all of them have in common."""

    class Meta:
        unknown = EXCLUDE

    status = Text(
        validate=validate.OneOf([str(status) for status in TaskStatus], error="must be one of {choices}"),
    )
    name = Text()
    namespace = Text()
    initiator = Text()
    source_system = Text()
    tag = Text(metadata={"description": "one of the task's tags"})
    reason = Text(
        metadata={
            "description": "words, each the beginning of one in its reason, in small letters or large; each "
            "a whole one where the app blanks secrets"
        }
    )
    annotation_type = Text(metadata={"description": "the name of a type of annotation that the task has"})
    annotation_key = Text(metadata={"description": "a key that such an annotation has"})
    annotation_value = Text(
        metadata={"description": "what it has under that key: this text, number or truth; needs `annotation_key`"}
    )
    requested_after = PointInTime(metadata={"description": "requested then or later"})
    requested_before = PointInTime(metadata={"description": "requested before then"})

    @validates_schema
    def check_annotation(self, data: Mapping[str, Any], **_options: Any) -> None:
        """A value is that of a key."""
        if "annotation_value" in data and "annotation_key" not in data:
            raise ValidationError("needs annotation_key", "annotation_value")


class TaskQuerySchema(PageSchema, FilterSchema):
    """The query of a list of tasks."""

    class Meta:
        unknown = EXCLUDE

    sort_by = fields.String(load_default="", metadata={"description": SORT_BY})
    cursor = fields.String(metadata={"description": "the `next_cursor` of the page before; it carries the order"})
    count = fields.String(load_default="", metadata={"description": "`true`: the total is in `X-Total-Count`"})


class BulkFilterSchema(FilterSchema):
    """The filters of a bulk verb: unlike in a list, an unknown one is a fault, not ignored."""

    class Meta:
        unknown = "raise"

    error_messages = WORDS

    task_ids = fields.List(
        WholeNumber(validate=validate.Range(1, LARGEST, error=NO_ID), error_messages={"invalid": NO_ID, "null": NO_ID}),
        validate=validate.Length(max=MOST_IDS, error=f"must be {MOST_IDS} at most"),
        error_messages={"invalid": "must be a list of ids", "null": "must be a list of ids"},
    )

    @pre_load
    def check_length(self, data: Any, **_options: Any) -> Any:
        """Before each of a hundred thousand ids is looked at."""
        ids = data.get("task_ids") if isinstance(data, dict) else None
        if isinstance(ids, list) and len(ids) > MOST_IDS:
            raise ValidationError(f"must be {MOST_IDS} at most", "task_ids")
        return data


_FILTERS: Final = {field.name for field in names_of(TaskFilter)} - {"owners", "whole_words"}


def filter_of(query: Mapping[str, Any], owners: Collection[str] | None, redactor: Redactor) -> TaskFilter:
    """The filter of a query that was checked, for someone who may see the tasks of these owners.

    Where ``redactor`` blanks, words of a reason are whole: by their beginnings a secret would be told digit by digit.
    """
    said = {name: value for name, value in query.items() if name in _FILTERS}
    return TaskFilter(owners=owners, whole_words=bool(redactor.rules), **said)
