"""A verb for all tasks that a filter selects."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker import Access
from tests.http.conftest import Desk
from tests.web.statements import counted_statements


def bulk(desk: Desk, action: str, filters: Any, **more: Any) -> tuple[int, Any]:
    answer: tuple[int, Any] = desk("POST", "/tasks/bulk", {"action": action, "filters": filters, **more})
    return answer


def test_all_tasks_that_a_filter_selects_are_cancelled_by_whom_and_why(desk: Desk) -> None:
    ids = [desk.start(tags=["old"]) for _ in range(3)]
    kept = desk.start()
    desk.access = Access(actor="ann")

    status, answer = bulk(desk, "cancel", {"tag": "old"}, reason="the shop is closed")

    assert status == 200
    assert answer == {
        "action": "cancel",
        "dry_run": False,
        "count": 3,
        "task_ids": ids,
        "skipped": [],
        "more": False,
    }
    assert [desk.task(task_id)["status"] for task_id in [*ids, kept]] == ["cancelled"] * 3 + ["pending"]
    assert {step["status"] for step in desk.task(ids[0])["workflow_steps"]} == {"cancelled"}
    lines = desk("GET", f"/tasks/{ids[0]}/transitions")[1]["transitions"]
    assert {(line["actor"], line["reason"]) for line in lines} == {("ann", "the shop is closed")}


def test_all_failed_steps_are_tried_again(desk: Desk) -> None:
    ids = [desk.start("refused") for _ in range(2)]
    good = desk.start()
    desk.drain()
    for task_id in ids:
        path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'first')['workflow_step_id']}"
        desk("PATCH", path, {"inputs": {"good": True}})

    _, answer = bulk(desk, "retry", {"name": "refused"})
    desk.drain()

    assert answer["task_ids"] == ids
    assert [desk.task(task_id)["complete"] for task_id in [*ids, good]] == [True] * 3


def test_a_dry_run_says_what_would_be_done_and_does_nothing(desk: Desk) -> None:
    ids = [desk.start() for _ in range(3)]

    _, answer = bulk(desk, "cancel", {"name": "copy"}, dry_run=True, limit=2)

    assert (answer["task_ids"], answer["more"], answer["dry_run"]) == (ids[:2], True, True)
    assert {desk.task(task_id)["status"] for task_id in ids} == {"pending"}


def test_some_tasks_may_be_named(desk: Desk) -> None:
    ids = [desk.start() for _ in range(3)]

    _, answer = bulk(desk, "cancel", {"task_ids": [ids[0], ids[2], 10**9]})

    assert answer["task_ids"] == [ids[0], ids[2]]


def test_a_tenant_touches_its_own_tasks_only(desk: Desk) -> None:
    desk.access = Access(actor="ann", owner="ann", scope="ann")
    hers = desk.start()
    desk.access = Access(actor="bob", owner="bob", scope="bob")
    his = desk.start()

    _, answer = bulk(desk, "cancel", {"task_ids": [hers, his]})

    assert answer["task_ids"] == [his]


def test_it_needs_the_permission_of_the_action_too(desk: Desk) -> None:
    desk.asked.clear()
    bulk(desk, "cancel", {"tag": "x"})
    bulk(desk, "retry", {"tag": "x"})

    assert desk.asked == ["tasker.task:bulk", "tasker.task:destroy", "tasker.task:bulk", "tasker.task:retry"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filters": {"tag": "x"}}, "action"),
        ({"action": "explode", "filters": {"tag": "x"}}, "action"),
        ({"action": "cancel"}, "filters"),
        ({"action": "cancel", "filters": {}}, "filters"),
        ({"action": "cancel", "filters": {"tags": "x"}}, "filters.tags"),
        ({"action": "cancel", "filters": {"status": "x"}}, "filters.status"),
        ({"action": "cancel", "filters": {"tag": "\x00"}}, "filters"),
        ({"action": "cancel", "filters": {"task_ids": ["1"]}}, "filters.task_ids"),
        ({"action": "cancel", "filters": {"task_ids": [10**30]}}, "filters.task_ids"),
        ({"action": "cancel", "filters": {"tag": "x"}, "limit": 0}, "limit"),
        ({"action": "cancel", "filters": {"tag": "x"}, "limit": "1"}, "limit"),
        ({"action": "cancel", "filters": {"tag": "x"}, "dry_run": "yes"}, "dry_run"),
        ({"action": "cancel", "filters": {"tag": "x"}, "reason": 1}, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(desk: Desk, body: Any, field: str) -> None:
    status, answer = desk("POST", "/tasks/bulk", body)

    assert (status, list(answer["error"])) == (400, [field])


def test_a_hundred_tasks_cost_as_many_statements_as_one(desk: Desk) -> None:
    engine = desk.app.extensions["tasker"].runtime.database.engine
    costs = []
    for number in (1, 100):
        desk.start_many(number, tag=f"of {number}")
        with counted_statements(engine) as seen:
            assert bulk(desk, "cancel", {"tag": f"of {number}"})[1]["count"] == number
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 3
