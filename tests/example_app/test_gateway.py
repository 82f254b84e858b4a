"""What an answer means for the step that asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from flask import Flask

from example_app.extensions import outside
from example_app.gateway import understood
from example_app.gateway.answer import retry_after
from flask_tasker import PermanentError, RetryableError


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database will do: no statement here is the shop's own."""
    return f"sqlite:///{tmp_path / 'shop.sqlite'}"


def answered(status: int, **options: object) -> httpx.Response:
    return httpx.Response(status, request=httpx.Request("POST", "http://127.0.0.1/payments"), **options)  # type: ignore[arg-type]


def test_success_is_the_record() -> None:
    assert understood(answered(200, json={"id": "payments-1"})) == {"id": "payments-1"}


def test_done_before_is_success_too() -> None:
    assert understood(answered(409, json={"record": {"id": "payments-1"}})) == {"id": "payments-1"}


def test_too_many_requests_waits_as_long_as_it_is_told() -> None:
    with pytest.raises(RetryableError) as raised:
        understood(answered(429, headers={"Retry-After": "7"}))
    assert raised.value.retry_after == 7


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_system_out_of_order_is_retried(status: int) -> None:
    with pytest.raises(RetryableError, match=str(status)):
        understood(answered(status, text="<h1>sorry</h1>"))


@pytest.mark.parametrize("status", [400, 402, 403, 409, 422])
def test_a_refusal_is_permanent_and_gives_the_reason(status: int) -> None:
    with pytest.raises(PermanentError, match="card refused"):
        understood(answered(status, json={"error": "card refused"}))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("soon", None),
        ("3", 3.0),
        ("Tue, 24 Nov 2026 12:00:05 GMT", 5.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=datetime(2026, 11, 24, 12, tzinfo=UTC)) == seconds


def test_an_address_where_nobody_listens_is_retried(app: Flask) -> None:
    app.extensions["outside"].base_url = "http://127.0.0.1:9"
    with pytest.raises(RetryableError, match="cannot be reached"):
        outside.post("payments", {}, key="key")
