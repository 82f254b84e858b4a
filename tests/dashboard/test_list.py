"""The list of tasks: what it shows, what it may be filtered and sorted by, and how one gets further."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dashboard.conftest import Browser, failed_task
from tests.dashboard.reading import Seen
from tests.http.conftest import Desk
from tests.http.test_costs import statements_of


def listed(page: Seen) -> list[int]:
    """The ids of the tasks, as they are listed."""
    assert page.status == 200, page.text
    found = [tag.get("value") for tag in page.all("input", name="task_ids")]
    return [int(text) for text in found]


def test_the_newest_task_comes_first_with_what_it_is(browser: Browser, desk: Desk) -> None:
    done = desk.start(tags=["vip"], reason="an order", initiator="the shop")
    desk.drain()
    waiting = desk.start()

    page = browser.get("/tasks")

    assert listed(page) == [waiting, done]
    assert page.rows("Tasks")[1][1:3] == [str(done), "complete"]
    assert page.rows("Tasks")[1][4:] == ["shop/copy@1.10", "4 of 4", "the shop", "an order", "vip"]
    assert page.rows("Tasks")[0][5] == "0 of 4"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00"),
        ("2020-01-01T01:02:03.456+01:00", "2020-01-01T00:02:03"),
        ("2020-01-01", "2020-01-01T00:00"),
        ("2020-01-01T00:00", "2020-01-01T00:00"),
        ("soon", "soon"),
    ],
)
def test_a_moment_in_an_address_is_written_as_its_field_takes_it(browser: Browser, said: str, shown: str) -> None:
    assert browser.get("/tasks", query_string={"requested_after": said}).value("requested_after") == shown


def test_without_a_task_the_list_says_so(browser: Browser) -> None:
    assert "There are no tasks yet." in browser.get("/tasks").text
    assert "No task is like that." in browser.get("/tasks?tag=none").text


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({"initiator": "anna"}, {"initiator": "ben"}),
        ({"source_system": "till"}, {"source_system": "web"}),
        ({"tag": "vip"}, {"tag": "vi"}),
        ({"reason": "LATE"}, {"reason": "early"}),
        ({"status": "pending"}, {"status": "complete"}),
        ({"name": "copy", "namespace": "shop"}, {"namespace": "default"}),
        ({"requested_after": "2020-01-01T00:00"}, {"requested_after": "2999-01-01T00:00"}),
        ({"requested_before": "2999-01-01T00:00"}, {"requested_before": "2020-01-01T00:00"}),
    ],
)
def test_the_list_is_filtered(browser: Browser, desk: Desk, said: dict[str, str], other: dict[str, str]) -> None:
    task_id = desk.start(initiator="anna", source_system="till", tags=["vip"], reason="It is late again")

    fitting, empty = browser.get("/tasks", query_string=said), browser.get("/tasks", query_string=other)

    assert (listed(fitting), listed(empty)) == ([task_id], [])
    assert {name: fitting.value(name) for name in said} == said


def test_the_list_is_filtered_by_annotations(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()
    desk.drain()
    desk.start()

    def ids(**said: str) -> list[int]:
        return listed(browser.get("/tasks", query_string=said))

    assert ids(annotation_type="ledger", annotation_key="page", annotation_value="7") == [task_id]
    assert ids(annotation_type="ledger", annotation_key="page", annotation_value="8") == []


@pytest.mark.parametrize("sign", ["%", "_", "/", "\\", "'", '"', "*", "?", "[", "&", "|", "!", ":*", "<->", "()", "."])
def test_signs_part_words_and_mean_nothing_else(browser: Browser, desk: Desk, sign: str) -> None:
    task_id = desk.start(reason=f"half{sign}price")
    desk.start(reason="half a pound")

    assert listed(browser.get("/tasks", query_string={"reason": f"{sign}Hal{sign}pri{sign}"})) == [task_id]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("requested_after", "yesterday", "must be a moment in ISO 8601"),
        ("requested_after", "0001-01-01T00:00:00+14:00", "must be a moment in ISO 8601"),
        ("tag", "\x00", "must not hold NUL or half a surrogate pair"),
        ("annotation_value", "7", "needs annotation_key"),
    ],
)
def test_a_filter_that_makes_no_sense_is_shown_with_its_fault(
    browser: Browser, desk: Desk, name: str, value: str, fault: str
) -> None:
    desk.start()

    page = browser.get("/tasks", query_string={name: value})

    assert (page.status, page.faults, page.value(name)) == (400, [fault], value)
    assert page.rows("Tasks") == []


def test_a_cursor_that_is_none_of_ours_is_a_fault(browser: Browser) -> None:
    assert browser.get("/tasks?cursor=nonsense").status == 400


def test_a_column_sorts_the_list_and_then_the_other_way_round(browser: Browser, desk: Desk) -> None:
    first, second = failed_task(desk), desk.start()

    def sorted_by(page: Seen, label: str) -> Seen:
        address = next(tag for tag in page.all("a") if tag.text == label).get("href")
        return Seen(browser.client.get(address))

    descending = sorted_by(browser.get("/tasks?initiator=unknown"), "State")
    ascending = sorted_by(descending, "State")

    assert (listed(descending), listed(ascending)) == ([second, first], [first, second])
    assert [tag.text for tag in ascending.all("th", aria_sort="ascending")] == ["State"]
    assert ascending.value("initiator") == "unknown"


def test_pages_follow_each_other_and_lead_back_to_the_first(browser: Browser, desk: Desk) -> None:
    ids = desk.start_many(5)
    page = browser.get("/tasks?limit=2&tag=many")
    seen = listed(page)
    while page.all("a", rel="next"):
        page = Seen(browser.client.get(page.all("a", rel="next")[0].get("href")))
        seen += listed(page)

    assert seen == ids[::-1]
    first = next(tag for tag in page.all("a") if tag.text == "First page")
    assert listed(Seen(browser.client.get(first.get("href")))) == ids[:2:-1]


@pytest.mark.parametrize("rows", [1, 100])
def test_a_page_costs_two_statements_however_long_it_is(browser: Browser, desk: Desk, rows: int) -> None:
    desk.start_many(rows)

    with statements_of(desk) as seen:
        page = browser.get("/tasks?limit=100&reason=unknown")

    assert (len(listed(page)), len(seen)) == (rows, 2), seen


def test_a_list_does_not_read_contexts(browser: Browser, desk: Desk) -> None:
    desk.start_many(2)

    with statements_of(desk) as seen:
        browser.get("/tasks")

    assert [statement for statement in seen if "tasker_tasks.context" in statement] == []


def test_a_page_is_never_longer_than_the_setting_allows(browser: Browser, desk: Desk) -> None:
    desk.start_many(101)

    assert len(listed(browser.get("/tasks?limit=1000"))) == 100


def test_rest_and_bulk_verbs_know_the_reason_too(desk: Desk) -> None:
    task_id = desk.start(reason="It is late")
    desk.start(reason="100 %")

    assert desk.ids("reason=LATE") == [task_id]
    body: dict[str, Any] = {"action": "cancel", "filters": {"reason": "late"}}
    assert desk("POST", "/tasks/bulk", body)[1]["task_ids"] == [task_id]
