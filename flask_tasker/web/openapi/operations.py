"""One call as an operation: what it takes, what it answers, and who may make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema

from . import faults
from .parameters import parameters_of

if TYPE_CHECKING:
    from ..api.call import Call

JSON: Final = "application/json"
REPLAYED: Final = "Idempotency-Key"

_ETAG: Final = {"description": "of this answer", "required": True, "schema": {"type": "string", "pattern": '^W/".+"$'}}


def operation_of(call: Call, method: str, *, links: Mapping[str, Any]) -> dict[str, Any]:
    """``method`` of ``call``; the first method is the one that is meant, so the id is its."""
    operation: dict[str, Any] = {
        "operationId": operation_id(call, method),
        "summary": call.summary,
        "description": _described(call),
        "tags": [call.tag],
        "parameters": parameters_of(call, method),
        "responses": _successes(call, method, links) | _refusals(call),
    }
    if call.permission is not None:
        operation["x-required-permission"] = call.permission
    if call.action_permissions:
        operation["x-required-permission-of-action"] = dict(call.action_permissions)
    if call.body is not None:
        operation["requestBody"] = _body(call.body, call.bare)
    return operation


def operation_id(call: Call, method: str) -> str:
    """What the operation is called by generated clients."""
    return call.name if method == call.methods[0] else f"{call.name}_by_{method.lower()}"


def _described(call: Call) -> str:
    if call.permission is None:
        return "Always open."
    besides = "".join(f", for `{action}` also `{name}`" for action, name in call.action_permissions.items())
    return f"Needs `{call.permission}`{besides}."


def _body(wanted: type[Schema], bare: type[Schema] | None) -> dict[str, Any]:
    fields = wanted().fields
    schema: Any = wanted
    if bare is not None:
        # Where the wrapper is there, it is what counts.
        schema = {"anyOf": [wanted, {"allOf": [bare], "not": {"required": list(fields)}}]}
    return {"required": any(field.required for field in fields.values()), "content": {JSON: {"schema": schema}}}


def _successes(call: Call, method: str, links: Mapping[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": call.summary, "content": _content(call)}
    headers = {name: _number(text) for name, text in call.answer_headers.items()}
    if call.is_revalidated:
        headers["ETag"] = _ETAG
    if headers:
        success["headers"] = headers
    found: dict[str, Any] = {str(call.status): {**success, "links": dict(links)} if links else success}
    if call.is_revalidated and method == "GET":
        found["304"] = {"description": "What the client has still stands.", "headers": {"ETag": _ETAG}}
    if REPLAYED in call.headers:
        found["200"] = {**success, "description": "The task that was made under this key before, as it now is."}
    return found


def _content(call: Call) -> dict[str, Any]:
    json = {} if call.answer is None else {JSON: {"schema": call.answer}}
    return json | {media: {"schema": {"type": "string"}} for media in call.texts}


def _number(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "integer", "minimum": 0}}


def _refusals(call: Call) -> dict[str, Any]:
    shared = {str(status): faults.name_of(status) for status in sorted(call.refusals)}
    own = {
        str(status): {"description": faults.DESCRIPTIONS[status], "content": {JSON: {"schema": schema}}}
        for status, schema in call.error_bodies.items()
    }
    return shared | own
