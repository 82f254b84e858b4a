"""What a request asks: JSON, or a form, which may carry queries only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Request

from ..api.body import object_in
from ..refusal import RefusedError
from .texts import object_from

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A document, and which of its operations to run with which variables.

    Attributes:
        may_change: whether it came in a way that no form of another site can take.
    """

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None
    may_change: bool


def fields_of(request: Request) -> Mapping[str, Any]:
    """The fields of the request's form, or of the object that its body is.

    Raises:
        RefusedError: 400, where the body is no JSON object.
    """
    # Text that no database can hold is refused by the field that would store it.
    return request.form.to_dict() if request.mimetype == FORM else object_in(request.get_data())


def asked_in(request: Request, fields: Mapping[str, Any]) -> Asked:
    """What the fields of a request ask.

    Raises:
        RefusedError: 400 naming the fields of the wrong type.
    """
    query, name = fields.get("query") or "", fields.get("operationName") or None
    variables = object_from(fields.get("variables") or {}, "variables")
    faults = {
        "query": [] if isinstance(query, str) and query.strip() else ["must be a GraphQL document"],
        "variables": [] if isinstance(variables, dict) else ["must be an object"],
        "operationName": [] if name is None or isinstance(name, str) else ["must be text"],
    }
    if any(faults.values()):
        raise RefusedError.for_fields({field: messages for field, messages in faults.items() if messages})
    return Asked(query=query, variables=variables, operation_name=name, may_change=request.mimetype == JSON)
