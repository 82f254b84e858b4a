"""The task that a client asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Request
from marshmallow import EXCLUDE, Schema, fields, validate

from ...handlers import TaskRequest
from ...handlers.validation import MAX_CORRELATION_ID, MAX_TEXT, NO_TEXTS
from ..refusal import RefusedError
from .body import json_object
from .loading import loaded
from .text import STORABLE, Text

NO_NAME: Final = "invalid parameters: requires task name"
_TEXT: Final[dict[str, Any]] = {"invalid": "must be text"}
_TEXTS: Final[dict[str, Any]] = {"invalid": NO_TEXTS, "null": NO_TEXTS}
_STORED: Final = {**STORABLE, "maxLength": MAX_TEXT}


class TaskRequestSchema(Schema):
    """What is asked for. Only types are checked here; the rest is checked against the handler."""

    class Meta:
        unknown = EXCLUDE

    # Checked here: under a key that was used before, nobody else would.
    correlation_id = Text(
        allow_none=True,
        validate=validate.Length(max=MAX_CORRELATION_ID, error=f"must have {MAX_CORRELATION_ID} characters at most"),
    )
    namespace = fields.String(allow_none=True, error_messages=_TEXT)
    version = fields.String(
        allow_none=True, error_messages=_TEXT, metadata={"description": "the numerically highest one unless given"}
    )
    name = fields.String(
        required=True, error_messages=_TEXT, metadata={"description": "of the handler", "pattern": "\\S"}
    )
    context = fields.Dict(
        allow_none=True,
        error_messages={"invalid": "must be an object"},
        metadata={"description": "what the handler's schema says"},
    )
    initiator = fields.String(allow_none=True, error_messages=_TEXT, metadata=_STORED)
    source_system = fields.String(allow_none=True, error_messages=_TEXT, metadata=_STORED)
    reason = fields.String(allow_none=True, error_messages=_TEXT, metadata=_STORED)
    tags = fields.List(fields.String(error_messages=_TEXTS, metadata=STORABLE), allow_none=True, error_messages=_TEXTS)
    bypass_steps = fields.List(
        fields.String(error_messages=_TEXTS),
        allow_none=True,
        error_messages=_TEXTS,
        metadata={"description": "names of skippable steps that are not to run"},
    )


class CreateTaskSchema(Schema):
    """The body of a creation."""

    class Meta:
        unknown = EXCLUDE

    task = fields.Nested(TaskRequestSchema, required=True)


_SCHEMA: Final = TaskRequestSchema()


def task_request(request: Request) -> TaskRequest:
    """The task request in the body of an HTTP request.

    Raises:
        RefusedError: 400, where the body is malformed, names no task, or has a field of the wrong type, which it names.
    """
    wrapped = json_object(request).get("task")
    if not isinstance(wrapped, dict) or _is_blank(wrapped.get("name")):
        raise RefusedError(400, body={"error": NO_NAME})
    return request_for(wrapped)


def request_for(wrapped: Mapping[str, Any]) -> TaskRequest:
    """The task request that a client's fields say.

    Raises:
        RefusedError: 400 naming the fields that have the wrong type.
    """
    said = loaded(_SCHEMA, _without_nulls(wrapped))
    for field in {"tags", "bypass_steps"} & said.keys():
        said[field] = tuple(said[field])
    # What the client left out has the defaults of every other way in.
    return TaskRequest(**said)


def _is_blank(name: Any) -> bool:
    return name is None or (isinstance(name, str) and not name.strip())


def _without_nulls(fields: Mapping[str, Any]) -> dict[str, Any]:
    # Null is as good as nothing, but for the reason, which the table can hold as null.
    return {field: value for field, value in fields.items() if value is not None or field == "reason"}
