"""Errors as a client sees them: a code for programs, faults by field, and never the text of a fault of ours."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import GraphQLError
from werkzeug.exceptions import HTTPException

from ...store.unavailable import is_unavailable
from ..api.answer import report
from ..api.unavailable import described
from ..refusal import RefusedError

logger = logging.getLogger(__name__)

INTERNAL: Final = "INTERNAL"
UNAVAILABLE: Final = "UNAVAILABLE"
CODES: Final = {400: "INVALID", 401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT"}


def shown_errors(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """The errors of an operation as they are answered; faults of ours are told of here, and only here."""
    return [_shown(error) for error in errors]


def refused(cause: Exception, *, path: Sequence[str] = ()) -> dict[str, Any]:
    """What ended the whole operation, as it is answered; ``path`` is that of the field that it was about."""
    message, extensions = _told_of(cause)
    return {"message": message, **({"path": list(path)} if path else {}), "extensions": extensions}


def _shown(error: GraphQLError) -> dict[str, Any]:
    message, extensions = _told(error)
    where = {"locations": error.formatted.get("locations"), "path": error.formatted.get("path")}
    known = {key: value for key, value in where.items() if value is not None}
    return {"message": message, **known, "extensions": extensions}


def _told(error: GraphQLError) -> tuple[str, dict[str, Any]]:
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None or error.path is None:
        # Nothing was resolved yet: what was asked does not fit the schema.
        return error.message, {"code": CODES[400]}
    return _told_of(cause)


def _told_of(cause: Exception) -> tuple[str, dict[str, Any]]:
    if isinstance(cause, HTTPException) and cause.code in CODES:
        cause = RefusedError(cause.code)
    if isinstance(cause, RefusedError) and cause.status in CODES:
        return _said(cause)
    if is_unavailable(cause):
        logger.warning("a field is refused, since the database is not available: %s", described(cause))
        return "Service Unavailable", {"code": UNAVAILABLE}
    report(cause)
    return "Internal Server Error", {"code": INTERNAL}


def _said(refusal: RefusedError) -> tuple[str, dict[str, Any]]:
    extensions: dict[str, Any] = {"code": CODES[refusal.status]}
    error, more = refusal.body["error"], refusal.body
    if "allowed" in more:
        extensions["allowed"] = more["allowed"]
    if not isinstance(error, Mapping):
        return refusal.message or error, extensions
    extensions["faults"] = {_field(path): messages for path, messages in error.items()}
    return "; ".join(f"{path}: {text}" for path, texts in extensions["faults"].items() for text in texts), extensions


def _field(path: str) -> str:
    """The name that a field has in GraphQL."""
    return re.sub("_([a-z])", lambda found: found.group(1).upper(), path)
