"""Which tasks a list has, and deep pages of it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from flask_tasker import Access
from flask_tasker.models import Task, TaskAnnotation
from tests.http.conftest import Desk, desk_on

OBJECT, SPACED = quote('{"a":1}'), quote('{"a": 1}')
SORTS = ["", "task_id", "status", "requested_at", "completed_at", "reason", "initiator", "context", "nonsense"]


@pytest.fixture
def five(desk: Desk) -> dict[str, int]:
    """Five tasks, each of which differs."""
    desk.access = Access(actor="ann", owner="ann")
    ids = {
        "done": desk.start(tags=["red", 'a"b'], initiator="shop", reason="z"),
        "failed": desk.start("refused", source_system="till", reason=None),
    }
    desk.drain()
    desk.access = Access(actor="bob", owner="bob")
    ids |= {
        "waiting": desk.start(tags=["red"], requested_at="2026-01-01T00:00:00Z"),
        "cancelled": desk.start("refused", initiator="till", reason=None),
        "plain": desk.start(reason="a"),
    }
    desk("DELETE", f"/tasks/{ids['cancelled']}")
    desk.access = True
    return ids


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=complete", ["done"]),
        ("status=pending", ["waiting", "plain"]),
        ("name=refused", ["failed", "cancelled"]),
        ("namespace=shop", ["done", "waiting", "plain"]),
        ("namespace=shop&name=refused", []),
        ("initiator=till", ["cancelled"]),
        ("source_system=till", ["failed"]),
        ("tag=red", ["done", "waiting"]),
        (f"tag={quote(chr(34).join('ab'))}", ["done"]),
        ("tag=re", []),
        ("annotation_type=ledger", ["done"]),
        ("annotation_type=other", []),
        ("annotation_type=ledger&annotation_key=by", ["done"]),
        ("annotation_type=ledger&annotation_key=by&annotation_value=three", ["done"]),
        ("annotation_type=ledger&annotation_key=page&annotation_value=7", ["done"]),
        ("annotation_type=ledger&annotation_key=kept&annotation_value=true", ["done"]),
        ("annotation_type=ledger&annotation_key=kept&annotation_value=1", []),
        ("annotation_type=ledger&annotation_key=page&annotation_value=NaN", []),
        (f"annotation_key=page&annotation_value={'7' * 400}", []),
        (f"annotation_key=page&annotation_value={'7' * 5_000}", []),
        ("annotation_key=page&annotation_value=7.0", ["done"]),
        ("annotation_key=page&annotation_value=%207", []),
        ("annotation_key=page&annotation_value=%22%22", []),
        ("annotation_key=by&annotation_value=%22three%22", []),
        ("annotation_key=kept&annotation_value=null", []),
        (f"annotation_key=page&annotation_value={'[' * 2_000}", []),
        ("annotation_key=page&annotation_value=1e999", []),
        ("reason=Z", ["done"]),
        ("reason=unknown", ["waiting"]),
        ("reason=unk", ["waiting"]),
        ("reason=unknown+z", []),
        ("reason=z+z+Z", ["done"]),
        ("reason=%25", []),
        ("reason=%C3%BC", []),
        ("reason=" + "+".join(f"z{number}" for number in range(70)), []),
        (f"reason=z+{'z' * 3_000}", []),
        (f"reason=z+{quote('Ⱥ' * 700)}", []),
        (f"annotation_key={quote(chr(34).join(['odd', 'key']))}&annotation_value=odd", ["done"]),
        ("annotation_key=nothing", []),
        ("tag=red&status=pending", ["waiting"]),
        ("requested_after=2100-01-01", []),
        ("requested_before=2100-01-01T00:00:00%2B02:00", ["done", "failed", "waiting", "cancelled", "plain"]),
        ("requested_after=2020-01-01T00:00:00Z&requested_before=2020-01-02T00:00:00Z", []),
        ("nonsense=1", ["done", "failed", "waiting", "cancelled", "plain"]),
    ],
)
def test_a_list_has_what_all_filters_select(desk: Desk, five: dict[str, int], query: str, names: list[str]) -> None:
    assert desk.ids(query) == [five[name] for name in names]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("refund", True),
        ("ref", True),
        ("fund", False),
        ("ORDER 17", True),
        ("17 order", True),
        ("order 7", False),
        ("order#17", True),
        ("late", True),
        ("shop.example", True),
        ("example", True),
        ("ann", True),
        ("2026-11", True),
        ("11", True),
        ("Zoë", True),
        ("zo", True),
    ],
)
def test_each_word_asked_for_begins_one_of_the_reason(desk: Desk, wanted: str, found: bool) -> None:
    task_id = desk.start(reason="Refund order #17 paid/late 2026-11-28, ann@shop.example (Zoë)")
    desk.start(reason="another")
    assert desk.ids(f"reason={quote(wanted)}") == ([task_id] if found else [])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("card 4000123412341234", True),
        ("CARD", True),
        ("ok", True),
        ("zoë", True),
        ("4", False),
        ("400012341234123", False),
        ("000123412341234", False),
        ("car", False),
        ("card 4", False),
    ],
)
def test_where_something_is_blanked_a_reason_is_found_by_whole_words_alone(
    database_url: str, wanted: str, found: bool
) -> None:
    with desk_on(database_url, TASKER_REDACT=[r"/\b\d{16}\b/"]) as desk:
        task_id = desk.start(reason="Card 4000123412341234 (ok), Zoë")
        desk.start()
        assert desk.ids(f"reason={quote(wanted)}") == ([task_id] if found else [])


@pytest.mark.parametrize("wanted", ["today", "soon", "\u201cat 5 \u20ac\u201d", "or\u00a0soon"])
def test_signs_beyond_ascii_part_words_where_the_database_knows_them(desk: Desk, wanted: str) -> None:
    task_id = desk.start(reason="Refund \u2013 \u201ctoday\u201d or\u00a0soon\u2014at 5 \u20ac")
    with desk.app.extensions["tasker"].runtime.database.engine.connect() as connection:
        # By the letter C, PostgreSQL takes all of them for letters.
        ctype = sa.text("SELECT datctype FROM pg_database WHERE datname = current_database()")
        known = not desk.is_postgresql or connection.scalar(ctype) != "C"
    assert desk.ids(f"reason={quote(wanted)}") == ([task_id] if known else [])
    assert desk.ids("reason=%E2%80%94") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=done", "status"),
        ("requested_after=yesterday", "requested_after"),
        ("requested_before=0001-01-01T00:00:00%2B14:00", "requested_before"),
        ("annotation_value=1", "annotation_value"),
        ("tag=%00", "tag"),
        ("name=%00", "name"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("cursor=WyJ0YXNrX2lkIixmYWxzZSwiYSIsMV0", "cursor"),
        ("cursor=W10", "cursor"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(desk: Desk, query: str, field: str) -> None:
    status, answer = desk("GET", f"/tasks?{query}")

    assert (status, list(answer["error"])) == (400, [field])


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort_by", SORTS)
def test_pages_by_cursor_are_those_of_the_whole_list(
    desk: Desk, five: dict[str, int], sort_by: str, order: str
) -> None:
    whole = desk.ids(f"limit=100&sort_by={sort_by}&sort_order={order}")
    assert sorted(whole) == sorted(five.values())

    found, query = [], f"limit=2&sort_by={sort_by}&sort_order={order}"
    for _ in range(3):
        _, answer = desk("GET", f"/tasks?{query}")
        found += [task["task_id"] for task in answer["tasks"]]
        query = f"limit=2&cursor={answer.get('next_cursor')}"

    assert found == whole
    assert "next_cursor" not in answer


def test_the_total_is_told_where_it_is_asked_for(desk: Desk, five: dict[str, int]) -> None:
    asked = [desk.client.get(f"/tasker/tasks?limit=1&{query}") for query in ("count=true", "tag=red&count=true", "")]

    assert [response.headers.get("X-Total-Count") for response in asked] == ["5", "2", None]


def test_a_tenant_sees_its_own_tasks_in_lists_pages_and_counts(desk: Desk, five: dict[str, int]) -> None:
    desk.access = Access(actor="bob", scope="bob")
    response = desk.client.get("/tasker/tasks?limit=2&count=true")
    after = desk.ids(f"cursor={response.get_json()['next_cursor']}")

    seen = [task["task_id"] for task in response.get_json()["tasks"]] + after
    assert seen == [five["waiting"], five["cancelled"], five["plain"]]
    assert response.headers["X-Total-Count"] == "3"
    desk.access = Access(actor="nobody", scope=[])
    assert desk.ids("") == []


def test_tasks_of_some_time_are_in_the_order_of_time(desk: Desk, five: dict[str, int]) -> None:
    """An index has them together in that order only; an order that is asked for stands."""
    with desk.app.extensions["tasker"].runtime.database.engine.begin() as connection:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(sa.update(Task).where(Task.task_id == five["waiting"]).values(requested_at=moment))
    by_time = [five[name] for name in ("waiting", "done", "failed", "cancelled", "plain")]

    assert desk.ids("requested_before=2100-01-01") == by_time
    assert desk.ids("requested_after=2020-01-01&sort_order=desc") == by_time[::-1]
    assert desk.ids("requested_before=2100-01-01&sort_by=task_id") == sorted(by_time)
    status, page = desk("GET", "/tasks?requested_before=2100-01-01&limit=2")
    assert status == 200
    assert desk.ids(f"requested_before=2100-01-01&cursor={page['next_cursor']}") == by_time[2:]


def test_a_value_that_is_an_object_is_no_text(desk: Desk) -> None:
    task_id = desk.start()
    desk.drain()
    with desk.app.extensions["tasker"].runtime.database.engine.begin() as connection:
        changed = sa.update(TaskAnnotation).values(annotation={"page": {"a": 1}, "null": None, "large": 10**30})
        connection.execute(changed)

    assert desk.ids("annotation_key=page") == [task_id]
    assert desk.ids(f"annotation_key=page&annotation_value={OBJECT}") == []
    assert desk.ids(f"annotation_key=page&annotation_value={SPACED}") == []
    assert desk.ids("annotation_key=null") == []
    assert desk.ids(f"annotation_key=large&annotation_value={10**30}") == [task_id]
