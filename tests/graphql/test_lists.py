"""Lists of tasks: which, in which order, and how many."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphql.conftest import Teller
from tests.http.conftest import Desk


def ids(ask: Teller, arguments: str = "", field: str = "tasks") -> list[int]:
    return [int(task["taskId"]) for task in ask.data("{%s%s{taskId}}" % (field, arguments))[field]]


def test_the_newest_task_comes_first(ask: Teller, desk: Desk) -> None:
    started = [desk.start() for _ in range(3)]
    assert ids(ask) == started[::-1]


def test_a_list_has_twenty_tasks_unless_more_are_asked_for_and_never_more_than_the_cap(ask: Teller, desk: Desk) -> None:
    for _ in range(21):
        desk.start()
    assert len(ids(ask)) == 20
    assert len(ids(ask, "(limit: 100000000000)")) == 21
    assert len(ids(ask, "(limit: null)")) == 20
    assert ids(ask, "(limit: 0)") == []


def test_the_largest_page_is_that_of_rest(ask: Teller, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    started = [desk.start() for _ in range(3)]
    monkeypatch.setitem(vars(desk.app.extensions["tasker"].settings), "max_page_size", 2)
    assert ids(ask) == ids(ask, "(limit: 3)") == started[:0:-1]


def test_an_offset_leaves_out_the_first(ask: Teller, desk: Desk) -> None:
    started = [desk.start() for _ in range(3)]
    assert ids(ask, "(offset: 1, limit: 1)") == [started[1]]
    assert ids(ask, "(offset: 9223372036854775807)") == []


@pytest.mark.parametrize("name", ["limit", "offset"])
def test_a_negative_number_is_refused_by_name(ask: Teller, name: str) -> None:
    assert ask.faults("{tasks(%s: -1){taskId}}" % name) == {name: ["must be a whole number, 0 or more"]}
    assert ask.code("query($n: Int){tasks(%s: $n){taskId}}" % name, n=1.5) == "INVALID"
    assert ask.code("query($n: Int){tasks(%s: $n){taskId}}" % name, n="1") == "INVALID"
    assert ask.code("query($n: Int){tasks(%s: $n){taskId}}" % name, n=2**70) == "INVALID"


def test_a_column_sorts_in_snake_case_and_the_order_is_descending_unless_said(ask: Teller, desk: Desk) -> None:
    first, second = desk.start(initiator="a", reason="z"), desk.start(initiator="b", reason="y")
    assert ids(ask, '(sortBy: "initiator")') == [second, first]
    assert ids(ask, '(sortBy: "initiator", sortOrder: "asc")') == [first, second]
    assert ids(ask, '(sortBy: "reason", sortOrder: "desc")') == [first, second]
    assert ids(ask, "(sortBy: null, sortOrder: null)") == [second, first]


@pytest.mark.parametrize("column", ["nothing", "context", "tags", "requestedAt", "", "__dict__", "\\u0000"])
def test_an_unknown_column_means_the_time_of_creation(ask: Teller, desk: Desk, column: str) -> None:
    started = [desk.start() for _ in range(2)]
    assert ids(ask, '(sortBy: "%s")' % column) == started[::-1]
    assert ids(ask, '(sortBy: "%s", sortOrder: "asc")' % column) == started


def test_a_bad_order_means_ascending(ask: Teller, desk: Desk) -> None:
    started = [desk.start() for _ in range(2)]
    assert ids(ask, '(sortOrder: "sideways")') == started


def test_tasks_are_listed_by_status(ask: Teller, desk: Desk) -> None:
    done, waiting = ask.complete(), desk.start()
    assert ids(ask, '(status: "complete")', "tasksByStatus") == [done]
    assert ids(ask, '(status: "pending", limit: 5)', "tasksByStatus") == [waiting]
    assert ids(ask, '(status: "cancelled")', "tasksByStatus") == []


def test_an_unknown_status_is_refused_and_the_known_ones_are_named(ask: Teller) -> None:
    (message,) = ask.faults('{tasksByStatus(status: "sleeping"){taskId}}')["status"]
    assert "resolved_manually" in message


def by_annotation(ask: Teller, **wanted: Any) -> list[int]:
    query = """query($type: String!, $key: String!, $value: String!) {
        tasksByAnnotation(annotationType: $type, annotationKey: $key, annotationValue: $value) { taskId } }"""
    return [int(task["taskId"]) for task in ask.data(query, **wanted)["tasksByAnnotation"]]


def test_tasks_are_listed_by_annotation_each_once(ask: Teller, desk: Desk) -> None:
    done = ask.complete()
    desk.start()
    assert by_annotation(ask, type="ledger", key="page", value="7") == [done]
    assert by_annotation(ask, type="ledger", key="kept", value="true") == [done]
    assert by_annotation(ask, type="ledger", key='odd"key', value="odd") == [done]
    assert by_annotation(ask, type="ledger", key="page", value="8") == []
    assert by_annotation(ask, type="other", key="page", value="7") == []


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_text_that_no_database_holds_is_refused_by_name(ask: Teller, text: str) -> None:
    query = "query($t: String!){tasksByAnnotation(annotationType: $t, annotationKey: $t, annotationValue: $t){taskId}}"
    assert set(ask.faults(query, t=text)) == {"annotationType", "annotationKey", "annotationValue"}


def test_types_of_annotation_are_listed_by_name(ask: Teller) -> None:
    ask.complete()
    assert ask.data("{annotationTypes{name description}}") == {
        "annotationTypes": [{"name": "ledger", "description": None}]
    }
