"""What a call takes in its path, its query and its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ..api.call import Call

_PLACEHOLDER: Final = re.compile(r"<([a-z_]+)>")
_ID: Final = {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1}
_NAME: Final = {"type": "string", "minLength": 1, "pattern": "^[^/\\u0000]+$"}
_HEADER: Final = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
_TAG: Final = {"type": "string"}


def path_of(call: Call) -> str:
    """The path, with placeholders as OpenAPI has them."""
    return _PLACEHOLDER.sub(r"{\1}", call.path)


def path_parameters(call: Call) -> list[dict[str, Any]]:
    """The placeholders in the path: ids, and names."""
    return [
        {"in": "path", "name": name, "required": True, "schema": dict(_ID if name.endswith("_id") else _NAME)}
        for name in call.placeholders
    ]


def parameters_of(call: Call, method: str) -> list[dict[str, Any]]:
    """What else there is: the query, as its schema says, and headers."""
    return [*_query(call), *_headers(call, method)]


def _query(call: Call) -> Iterator[dict[str, Any]]:
    if call.query is not None:
        # The marshmallow plugin of apispec makes one parameter of each field.
        yield {"in": "query", "schema": call.query}


def _headers(call: Call, method: str) -> Iterator[dict[str, Any]]:
    for name, description in call.headers.items():
        yield {"in": "header", "name": name, "description": description, "schema": dict(_HEADER)}
    if call.is_revalidated and method == "GET":
        known = "the ETag of an answer that the client has; 304 while it stands"
        yield {"in": "header", "name": "If-None-Match", "description": known, "schema": dict(_TAG)}
