"""The JSON Schema of what a handler expects, however it was written."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from ...handlers import ContextSchema, JsonSchemaContext, MarshmallowContext


def document_of(context: ContextSchema) -> dict[str, Any] | None:
    """The schema as JSON; ``None`` where every object will do."""
    if isinstance(context, JsonSchemaContext):
        return dict(context.schema)
    if isinstance(context, MarshmallowContext):
        document: dict[str, Any] = json.loads(_json_of(context.schema))
        return document
    return None


@lru_cache(maxsize=1_024)
def _json_of(schema: Schema) -> str:
    """Of a handler's schema, which does not change; text, since who is given it may change what they make of it."""
    plugin = MarshmallowPlugin(schema_name_resolver=_nameless)
    APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    document = plugin.converter.schema2jsonschema(schema)  # type: ignore[union-attr]
    # What a field says may be of any type: a decimal, a date, a moment.
    return json.dumps(document, default=str)


def _nameless(_schema: type[Schema]) -> str:
    """Without names of their own, nested schemas are written where they stand."""
    return ""
