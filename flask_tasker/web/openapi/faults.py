"""How the API says no: the bodies of its errors."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import EXCLUDE, Schema, fields


class _Fault(Schema):
    class Meta:
        unknown = EXCLUDE


class StatusFault(_Fault):
    """A status and its name."""

    status = fields.Integer(required=True)
    error = fields.String(required=True)
    message = fields.String(metadata={"description": "what was wrong, where there is more to say"})
    allowed = fields.List(fields.String(), metadata={"description": "what the state allows instead"})


class FieldsFault(_Fault):
    """The messages of each field that was refused."""

    error = fields.Dict(required=True, keys=fields.String(), values=fields.List(fields.String()))


class TextFault(_Fault):
    """One message."""

    error = fields.String(required=True)


SHAPES: Final[dict[int, tuple[type[Schema], ...]]] = {
    400: (StatusFault, FieldsFault, TextFault),
    409: (StatusFault, FieldsFault),
}

DESCRIPTIONS: Final = {
    400: "Malformed, or with fields that were refused. Nothing was written.",
    401: "The app does not know who asks.",
    403: "Who asks may not do this; or the API is closed; or the request comes from another site.",
    404: "There is no such thing, or it is out of the scope of who asks.",
    409: "The state does not allow it, or the same was asked for before.",
    413: "The body is larger than this app takes.",
    500: "A fault of this app, which has logged it.",
    501: "An extra is not installed, or is switched off.",
    503: "What the app needs is not there: try again later.",
}

HEADERS: Final[dict[int, dict[str, Any]]] = {
    503: {"Retry-After": {"description": "seconds", "schema": {"type": "integer", "minimum": 1}}},
}

EXAMPLES: Final[dict[int, dict[str, dict[str, Any]]]] = {
    400: {
        "malformed": {"status": 400, "error": "Bad Request"},
        "refused": {"error": {"name": ["No task handler for sync_odrer"]}},
        "nameless": {"error": "invalid parameters: requires task name"},
    },
    401: {"unknown": {"status": 401, "error": "Unauthorized"}},
    403: {"refused": {"status": 403, "error": "Forbidden"}},
    404: {"missing": {"status": 404, "error": "Not Found"}},
    409: {
        "state": {
            "status": 409,
            "error": "Conflict",
            "message": "cannot retry step 97, which is complete; allowed there: nothing",
            "allowed": [],
        },
        "twin": {"error": {"identity_hash": ["is identical to a request made in the last minute"]}},
    },
    413: {"large": {"status": 413, "error": "Request Entity Too Large"}},
    500: {"fault": {"status": 500, "error": "Internal Server Error"}},
    501: {
        "extra": {
            "status": 501,
            "error": "Not Implemented",
            "message": "Metrics need an extra that is not installed: pip install 'flask-tasker[prometheus]'",
        }
    },
    503: {"outage": {"status": 503, "error": "Service Unavailable"}},
}


def name_of(status: int) -> str:
    """The name of the component that describes an error."""
    return f"Error{status}"
