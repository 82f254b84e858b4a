"""Lists over all their pages, counts, filters and bulk verbs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import Any

import httpx
import pytest

from flask_tasker import TaskStatus
from flask_tasker.client import TaskerClientError
from tests.client.server import ok, serving, step, task


def test_tasks_come_from_every_page_by_its_cursor() -> None:
    server = serving(
        ok(tasks=[task(1), task(2)], next_cursor="Zm9v+/="), ok(tasks=[task(3)], next_cursor="b"), ok(tasks=[task(4)])
    )
    assert [one.task_id for one in server.client().tasks(page_size=2, name="copy")] == [1, 2, 3, 4]
    assert [dict(one.url.params) for one in server.requests] == [
        {"name": "copy", "limit": "2"},
        {"name": "copy", "limit": "2", "cursor": "Zm9v+/="},
        {"name": "copy", "limit": "2", "cursor": "b"},
    ]


def test_a_page_is_asked_for_only_when_it_is_reached() -> None:
    server = serving(ok(tasks=[task(1), task(2)], next_cursor="a"), ok(tasks=[], next_cursor=None))
    found = server.client().tasks()
    assert server.requests == []
    assert [one.task_id for one in islice(found, 2)] == [1, 2]
    assert len(server.requests) == 1
    assert list(found) == []
    assert len(server.requests) == 2


def test_a_page_that_is_empty_is_not_the_end_while_it_names_another() -> None:
    server = serving(ok(tasks=[], next_cursor="a"), ok(tasks=[task(1)], next_cursor=None))
    assert len(list(server.client().tasks())) == 1


def test_a_cursor_that_leads_back_to_itself_is_an_error() -> None:
    with pytest.raises(TaskerClientError, match="next_cursor that leads on"):
        list(serving(ok(tasks=[task(1)], next_cursor="a")).client().tasks())


def test_the_order_can_be_asked_for() -> None:
    server = serving(ok(tasks=[]))
    list(server.client().tasks(sort_by="requested_at", sort_order="desc"))
    assert dict(server.requests[0].url.params) == {"sort_by": "requested_at", "sort_order": "desc", "limit": "100"}


def test_a_page_holds_one_task_at_least() -> None:
    with pytest.raises(ValueError, match="page_size must be 1 or more, got 0"):
        serving(ok(tasks=[])).client().tasks(page_size=0)


def test_steps_come_from_every_page_however_small_the_server_makes_them() -> None:
    server = serving(ok(steps=[step(1), step(2)]), ok(steps=[step(3)]), ok(steps=[]))
    assert [one.workflow_step_id for one in server.client().steps(7)] == [1, 2, 3]
    assert [one.url.params["offset"] for one in server.requests] == ["0", "2", "3"]


def test_a_count_asks_for_no_tasks() -> None:
    server = serving(httpx.Response(200, json={"tasks": []}, headers={"X-Total-Count": "1234"}))
    assert server.client().count(status="error") == 1234
    assert dict(server.requests[0].url.params) == {"status": "error", "limit": "0", "count": "true"}


@pytest.mark.parametrize("headers", [{}, {"X-Total-Count": "many"}, {"X-Total-Count": "²"}])
def test_a_server_that_does_not_count_is_an_error(headers: dict[str, str]) -> None:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    with pytest.raises(TaskerClientError, match="without X-Total-Count"):
        serving(httpx.Response(200, json={"tasks": []}, headers=sent)).client().count()


def test_moments_are_sent_in_utc() -> None:
    server = serving(ok(tasks=[]))
    east = datetime(2024, 5, 6, 7, 8, 9, 500, tzinfo=timezone(timedelta(hours=2)))
    list(server.client().tasks(requested_after=east, requested_before="2024-06-01T00:00:00Z"))
    params = server.requests[0].url.params
    assert params["requested_after"] == "2024-05-06T05:08:09.000500Z"
    assert params["requested_before"] == "2024-06-01T00:00:00Z"


def test_a_status_may_be_a_member_of_the_enumeration() -> None:
    server = serving(ok(tasks=[]))
    list(server.client().tasks(status=TaskStatus.ERROR))
    assert server.requests[0].url.params["status"] == "error"


def test_a_bulk_verb_sends_its_filters_and_says_what_it_did() -> None:
    answer = {"action": "cancel", "dry_run": True, "count": 2, "task_ids": [1, 2], "skipped": [3], "more": True}
    server = serving(ok(**answer))
    since = datetime(2024, 5, 6, tzinfo=UTC)
    done = server.client().bulk(
        "cancel", dry_run=True, reason="gone", limit=9, name="copy", tag="red", requested_after=since
    )
    assert server.called == ["POST /tasks/bulk"]
    assert server.body == {
        "action": "cancel",
        "filters": {"name": "copy", "tag": "red", "requested_after": "2024-05-06T00:00:00Z"},
        "dry_run": True,
        "limit": 9,
        "reason": "gone",
    }
    assert (done.action, done.dry_run, done.count, done.task_ids) == ("cancel", True, 2, (1, 2))
    assert (done.skipped, done.more) == ((3,), True)


@pytest.mark.parametrize(
    ("filters", "error", "message"),
    [
        ({"nmae": "copy"}, TypeError, "no filter is named 'nmae'; did you mean name?"),
        ({"x": "copy"}, TypeError, "there are status, name, "),
        ({"name": None}, TypeError, "name must be text, got None; leave a filter out"),
        ({"requested_after": datetime(2024, 5, 6)}, ValueError, "requested_after must have a time zone"),  # noqa: DTZ001
    ],
)
@pytest.mark.parametrize("call", ["tasks", "count", "bulk"])
def test_a_filter_that_would_be_ignored_is_refused(
    call: str, filters: dict[str, Any], error: type[Exception], message: str
) -> None:
    server = serving(ok(tasks=[]))
    arguments = ("cancel",) if call == "bulk" else ()
    with pytest.raises(error) as caught:
        getattr(server.client(), call)(*arguments, **filters)
    assert message in str(caught.value)
    assert server.requests == []
