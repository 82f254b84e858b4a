"""What an outside system's answer means for the step that asked."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from flask_tasker import PermanentError, RetryableError


def understood(response: httpx.Response) -> dict[str, Any]:
    """The record that the system made, now or in an earlier attempt.

    Raises:
        RetryableError: the system is busy (429, with its ``Retry-After``) or out of order (5xx).
        PermanentError: it refused, and will refuse again.
    """
    if response.is_success:
        record: dict[str, Any] = response.json()
        return record
    if response.status_code == HTTPStatus.CONFLICT and (record := _already_done(response)):
        return record
    message = f"{response.request.url.path} answered {response.status_code}: {_reason(response)}"
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise RetryableError(message, retry_after=retry_after(response.headers.get("Retry-After")))
    if response.is_server_error:
        raise RetryableError(message)
    raise PermanentError(message)


def retry_after(header: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait: a number of them or a date (RFC 9110, 10.2.3); ``None`` if the header is neither."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _already_done(response: httpx.Response) -> dict[str, Any]:
    # A conflict that carries the record says that the work was done before: what the step wanted.
    return dict(_body(response).get("record") or {})


def _reason(response: httpx.Response) -> str:
    return str(_body(response).get("error", response.reason_phrase))


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
