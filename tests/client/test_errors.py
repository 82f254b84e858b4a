"""What the server refuses is an error of its kind, and what breaks on the way stays httpx's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from flask_tasker import TaskerError
from flask_tasker.client import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TaskerClientError,
    UnauthorizedError,
    UnavailableError,
)
from tests.client.server import ok, serving, task


def refused(status: int, body: Any = None, **headers: str) -> TaskerClientError:
    answer = httpx.Response(status, json=body or {"status": status, "error": "No"}, headers=headers)
    with pytest.raises(TaskerClientError) as caught:
        serving(answer).client().get(7)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ConflictError),
        (503, UnavailableError),
        (413, TaskerClientError),
        (500, TaskerClientError),
    ],
)
def test_a_status_has_its_error(status: int, kind: type[TaskerClientError]) -> None:
    error = refused(status)
    assert type(error) is kind
    assert (error.status, error.body, error.faults) == (status, {"status": status, "error": "No"}, {})
    assert isinstance(error, TaskerError)
    assert str(error).startswith(f"GET /tasker/tasks/7 answered {status}: No")


def test_the_faults_of_a_bad_request_are_there_by_field() -> None:
    error = refused(400, {"error": {"context": ["'dummy' is required", "'x' is unknown"], "reason": "too long"}})
    assert error.faults == {"context": ["'dummy' is required", "'x' is unknown"], "reason": ["too long"]}
    assert str(error).endswith("context: 'dummy' is required; context: 'x' is unknown; reason: too long")


def test_a_conflict_says_what_it_is() -> None:
    twin = {"identity_hash": ["is identical to a request made in the last minute"]}
    assert refused(409, {"error": twin}).faults == twin


def test_a_message_beside_the_error_is_repeated() -> None:
    error = refused(409, {"status": 409, "error": "Conflict", "message": "cannot skip step 3; allowed there: cancel"})
    assert str(error).endswith("answered 409: Conflict cannot skip step 3; allowed there: cancel")


def test_who_is_not_known_hears_the_way_in() -> None:
    assert "pass auth= or headers=" in str(refused(401))


@pytest.mark.parametrize(("said", "seconds"), [("30", 30.0), ("soon", None), ("", None), ("-3", None), ("٣", None)])
def test_a_server_that_is_not_ready_says_when_to_come_again(said: str, seconds: float | None) -> None:
    answer = httpx.Response(503, json={}, headers=[(b"Retry-After", said.encode())])
    with pytest.raises(UnavailableError) as caught:
        serving(answer).client().get(7)
    assert caught.value.retry_after == seconds


def test_a_server_may_say_the_moment_to_come_again() -> None:
    def wait_until(moment: datetime) -> float | None:
        error = refused(503, **{"Retry-After": format_datetime(moment.astimezone(UTC), usegmt=True)})
        assert isinstance(error, UnavailableError)
        return error.retry_after

    hour = wait_until(datetime.now(UTC) + timedelta(hours=1))
    assert hour is not None
    assert 3000 < hour <= 3600
    assert wait_until(datetime(2001, 1, 1, tzinfo=UTC)) == 0


def test_a_page_of_a_proxy_is_shown_on_one_line_and_cut_off() -> None:
    page = "<html>\n\x1b[31mBad Gateway" + "x" * 1000
    with pytest.raises(TaskerClientError) as caught:
        serving(httpx.Response(502, text=page)).client().get(7)
    assert caught.value.body == page
    assert "<html>\\n\\x1b[31mBad Gateway" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>welcome"),
        httpx.Response(200, json=[1]),
        ok(job={}),
        httpx.Response(204),
        httpx.Response(304),
    ],
)
def test_an_answer_of_something_else_asks_about_the_base_url(answer: httpx.Response) -> None:
    with pytest.raises(TaskerClientError, match=r"does base_url end in the app's TASKER_URL_PREFIX\?"):
        serving(answer).client().get(7)


def test_a_list_that_is_none_is_an_error() -> None:
    with pytest.raises(TaskerClientError, match="without a list of tasks"):
        list(serving(ok(tasks={"1": task()})).client().tasks())


def test_a_redirect_is_not_followed() -> None:
    server = serving(httpx.Response(302, headers={"Location": "https://login.example/"}), ok(task=task()))
    with pytest.raises(TaskerClientError, match="a redirect, which is not followed"):
        server.client(auth=("ada", "secret")).get(7)
    assert len(server.requests) == 1


def test_what_only_reads_is_sent_again_once_when_the_connection_breaks() -> None:
    server = serving(httpx.ReadError("reset"), ok(task=task()))
    assert server.client().get(7).task_id == 7
    assert len(server.requests) == 2


def test_a_creation_with_a_key_is_sent_again_as_it_was() -> None:
    server = serving(httpx.RemoteProtocolError("closed"), ok(task=task()))
    server.client().create("copy", idempotency_key="order-7")
    first, second = server.requests
    assert first.content == second.content
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "order-7"


def test_what_changes_something_is_not_sent_again_when_the_connection_breaks() -> None:
    server = serving(httpx.ReadError("reset"))
    client = server.client()
    calls = (lambda: client.create("copy"), lambda: client.cancel(7), lambda: client.update(7), lambda: client.retry(7))
    for call in calls:
        with pytest.raises(httpx.ReadError):
            call()
    assert len(server.requests) == len(calls)


def test_anything_is_sent_again_once_where_no_connection_was_made() -> None:
    server = serving(httpx.ConnectError("refused"), ok(task=task()))
    assert server.client().create("copy").task_id == 7
    server = serving(httpx.ConnectError("refused"))
    with pytest.raises(httpx.ConnectError):
        server.client().create("copy")
    assert len(server.requests) == 2


def test_nothing_is_sent_again_after_a_timeout_or_a_refusal() -> None:
    for answer, error in ((httpx.ReadTimeout("slow"), httpx.ReadTimeout), (httpx.Response(503), UnavailableError)):
        server = serving(answer)
        with pytest.raises(error):
            server.client().get(7)
        assert len(server.requests) == 1
