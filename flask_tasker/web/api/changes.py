"""What a client wants changed of a task or a step."""

from __future__ import annotations

from typing import Any, Final

from flask import Request
from marshmallow import EXCLUDE, Schema, fields, validate

from ...engine.edits import RETRY_LIMITS
from ...handlers.validation import MAX_TEXT, MAX_WHY, NO_TEXTS
from ..refusal import RefusedError
from .body import json_object, optional_json_object
from .filtering import WORDS, BulkFilterSchema
from .json_fields import Unbounded, WholeNumber, YesOrNo
from .loading import loaded
from .text import STORABLE, Text

MISSING: Final = "is missing"
NO_RETRY_LIMIT: Final = f"must be a whole number from {RETRY_LIMITS[0]} to {RETRY_LIMITS[-1]}, got None"
NO_LIMIT: Final = "must be a whole number, 1 or more"


class TaskChangesSchema(Schema):
    """What may be changed of a task."""

    class Meta:
        unknown = EXCLUDE

    reason = fields.Raw(allow_none=True, metadata={**STORABLE, "type": "string", "maxLength": MAX_TEXT})
    tags = fields.Raw(
        error_messages={"null": NO_TEXTS}, metadata={"type": "array", "items": {**STORABLE, "type": "string"}}
    )


class StepChangesSchema(Schema):
    """What may be changed of a step."""

    class Meta:
        unknown = EXCLUDE

    retry_limit = Unbounded(
        error_messages={"null": NO_RETRY_LIMIT},
        metadata={"type": "integer", "minimum": RETRY_LIMITS[0], "maximum": RETRY_LIMITS[-1]},
    )
    inputs = fields.Raw(allow_none=True, metadata={"description": "in place of what the step had; null: the context"})


class TaskUpdateSchema(Schema):
    """The body of an update; the wrapper may be left out."""

    class Meta:
        unknown = EXCLUDE

    task = fields.Nested(TaskChangesSchema, required=True)


class StepUpdateSchema(Schema):
    """The body of an update; the wrapper may be left out."""

    class Meta:
        unknown = EXCLUDE

    workflow_step = fields.Nested(StepChangesSchema, required=True)


class ReasonSchema(Schema):
    """The body of a verb: it may be empty. What is not known is a fault: a word mistaken must not do something else."""

    class Meta:
        unknown = "raise"

    error_messages = WORDS

    reason = Text(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MAX_WHY, error="must have {max} characters at most"),
        metadata={"description": "why; kept in the history"},
    )


class ResolutionSchema(ReasonSchema):
    """The body of ``resolve``."""

    results = fields.Raw(load_default=None, allow_none=True, metadata={"description": "the step's results, any JSON"})


class BulkSchema(ReasonSchema):
    """The body of a bulk verb."""

    action = fields.String(
        required=True,
        error_messages={"required": MISSING, "null": MISSING, "invalid": "must be text"},
        validate=validate.OneOf(["cancel", "retry"], error="must be one of {choices}"),
    )
    filters = fields.Nested(
        BulkFilterSchema,
        required=True,
        error_messages={"required": MISSING, "null": MISSING},
        metadata={"description": "one at least", "minProperties": 1},
    )
    dry_run = YesOrNo(load_default=False)
    limit = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1, error=NO_LIMIT),
        error_messages={"invalid": NO_LIMIT},
    )


def changes_of(request: Request, wrapper: str, schema: type[Schema]) -> dict[str, Any]:
    """What the body wants changed, with or without the wrapper around it.

    Raises:
        RefusedError: 400, where the body is no JSON object, or what is in the wrapper is none.
    """
    body = json_object(request)
    wanted = body.get(wrapper, body)
    if not isinstance(wanted, dict):
        raise RefusedError(400)
    return loaded(schema(), wanted)


def bulk_of(request: Request) -> dict[str, Any]:
    """The body of a bulk verb.

    Raises:
        RefusedError: 400, malformed or naming the fields.
    """
    return loaded(BulkSchema(), json_object(request))


def said_with(request: Request, schema: type[ReasonSchema]) -> dict[str, Any]:
    """The body of a verb, which may be empty.

    Raises:
        RefusedError: 400, malformed or naming the fields.
    """
    return loaded(schema(), optional_json_object(request))
