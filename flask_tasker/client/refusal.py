"""Which error an answer of the server is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import httpx

from .errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TaskerClientError,
    UnauthorizedError,
    UnavailableError,
    faults_in,
)

_LONGEST: Final = 500
"""How many characters of an answer a message repeats."""

_ERRORS: Final[Mapping[int, type[TaskerClientError]]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
}
_WAYS_OUT: Final[Mapping[int, str]] = {
    401: "; pass auth= or headers= that the app's authorize callback knows",
    403: "; the app's authorize callback must allow it",
}


def refusal(response: httpx.Response) -> TaskerClientError:
    """The error that an answer is whose status is no success."""
    status, body = response.status_code, _body(response)
    message = f"{called(response)} answered {status}: {_said(response, body)}{_WAYS_OUT.get(status, '')}"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return UnavailableError(message, status=status, body=body, retry_after=_retry_after(response))
    return _ERRORS.get(status, TaskerClientError)(message, status=status, body=body)


def misunderstanding(response: httpx.Response, expected: str) -> TaskerClientError:
    """The error that an answer is which has not what was asked for."""
    message = f"{called(response)} answered without {expected}; does base_url end in the app's TASKER_URL_PREFIX?"
    return TaskerClientError(message, status=response.status_code, body=_body(response))


def called(response: httpx.Response) -> str:
    """Which call it answers: method and path, without the query, which may be long."""
    return f"{response.request.method} {response.request.url.raw_path.partition(b'?')[0].decode('ascii')}"


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


def _said(response: httpx.Response, body: Any) -> str:
    if response.is_redirect:
        return "a redirect, which is not followed; does base_url lead to the API itself?"
    faults = faults_in(body)
    if faults:
        return _printable("; ".join(f"{field}: {text}" for field, texts in faults.items() for text in texts))
    if isinstance(body, Mapping):
        return _printable(" ".join(str(body[key]) for key in ("error", "message") if key in body))
    return _printable(str(body))


def _printable(text: str) -> str:
    # What a server or a proxy says may hold anything; a log gets it on one line.
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text[:_LONGEST])
    return shown if len(text) <= _LONGEST else f"{shown}..."


def _retry_after(response: httpx.Response) -> float | None:
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    # A date without a zone is GMT, as every HTTP date.
    wait = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
    return max(0.0, wait.total_seconds())
