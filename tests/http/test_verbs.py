"""Operator verbs over HTTP: what they do, what they refuse, and what the history says of them."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker import Access
from tests.http.conftest import Desk

NOT_FOUND = (404, {"status": 404, "error": "Not Found"})


def failed(desk: Desk) -> tuple[int, str]:
    """A task that has failed, and the path of its failed step."""
    task_id = desk.start("refused")
    desk.drain()
    return task_id, f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'first')['workflow_step_id']}"


def test_a_failed_step_is_tried_again_from_the_first_attempt_on(desk: Desk) -> None:
    task_id, path = failed(desk)

    status, answer = desk("POST", f"{path}/retry", {"reason": "the card is good now"})

    assert (status, answer["step"]["status"], answer["step"]["attempts"]) == (200, "pending", 0)
    assert desk.task(task_id)["status"] == "in_progress"


def test_a_failed_step_is_given_its_results_by_hand_and_its_children_run(desk: Desk) -> None:
    task_id, path = failed(desk)

    status, answer = desk("POST", f"{path}/resolve", {"results": {"paid": "in cash"}})
    desk.drain()

    assert (status, answer["step"]["status"], answer["step"]["results"]) == (
        200,
        "resolved_manually",
        {"paid": "in cash"},
    )
    assert desk.step(task_id, "second")["results"] == {"paid": "in cash"}
    assert desk.task(task_id)["complete"]


def test_a_waiting_step_is_skipped(desk: Desk) -> None:
    task_id = desk.start()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'one')['workflow_step_id']}"

    assert desk("POST", f"{path}/skip")[1]["step"]["status"] == "skipped"
    desk.drain()
    assert desk.task(task_id)["complete"]


def test_all_failed_steps_of_a_task_are_tried_again(desk: Desk) -> None:
    task_id, _ = failed(desk)

    status, answer = desk("POST", f"/tasks/{task_id}/retry", {"reason": "again"})

    assert (status, answer["task"]["status"]) == (200, "in_progress")
    assert desk.step(task_id, "first")["status"] == "pending"


@pytest.mark.parametrize("times", [1, 2])
def test_a_task_is_cancelled_however_often_it_is_said(desk: Desk, times: int) -> None:
    task_id = desk.start()

    answers = [desk("DELETE", f"/tasks/{task_id}") for _ in range(times)]

    assert answers == [(200, {"cancelled": True})] * times
    assert desk.task(task_id)["status"] == "cancelled"
    assert {step["status"] for step in desk.task(task_id)["workflow_steps"]} == {"cancelled"}


def test_a_step_is_cancelled_however_often_it_is_said_and_its_children_run(desk: Desk) -> None:
    task_id = desk.start()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'one')['workflow_step_id']}"

    assert [desk("DELETE", path), desk("DELETE", path)] == [(200, {"cancelled": True})] * 2
    desk.drain()
    assert desk.step(task_id, "two")["status"] == "complete"


def test_what_is_complete_cannot_be_cancelled_and_the_answer_says_what_can_be_done(desk: Desk) -> None:
    task_id = desk.start()
    desk.drain()

    status, answer = desk("DELETE", f"/tasks/{task_id}")

    assert (status, answer["status"], answer["error"], answer["allowed"]) == (409, 409, "Conflict", [])
    assert answer["message"] == f"cannot cancel task {task_id}, which is complete; allowed there: nothing"


@pytest.mark.parametrize("verb", ["retry", "skip", "resolve"])
def test_a_verb_that_the_state_does_not_allow_is_a_conflict(desk: Desk, verb: str) -> None:
    task_id = desk.start()
    desk.drain()
    path = f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'one')['workflow_step_id']}"

    status, answer = desk("POST", f"{path}/{verb}")

    assert (status, answer["allowed"]) == (409, [])


def test_the_history_says_who_and_why(desk: Desk) -> None:
    _, path = failed(desk)
    desk.access = Access(actor="ann")
    desk("POST", f"{path}/retry", {"reason": "the <b>card</b> is good"})
    desk.drain()

    lines = desk("GET", f"/tasks/{path.split('/')[2]}/transitions")[1]["transitions"]

    by_hand = [line for line in lines if line["actor"] == "ann"]
    assert {(line["step_name"], line["from_status"], line["to_status"]) for line in by_hand} == {
        (None, "error", "in_progress"),
        ("first", "error", "pending"),
    }
    assert {line["reason"] for line in by_hand} == {"the <b>card</b> is good"}
    failures = [line["error"] for line in lines if line["to_status"] == "error" and line["workflow_step_id"]]
    assert len(failures) == 2
    assert all("the card was refused" in error for error in failures)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"reason": 5}, {"reason": ["must be text"]}),
        ({"reason": "x" * 2_001}, {"reason": ["must have 2000 characters at most"]}),
        ({"reason": "a\x00b"}, {"reason": ["text holds NUL, which PostgreSQL cannot store"]}),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_by_name(desk: Desk, body: Any, faults: Any) -> None:
    task_id, path = failed(desk)

    for asked in (f"{path}/retry", f"/tasks/{task_id}/retry"):
        assert desk("POST", asked, body) == (400, {"error": faults})
    assert desk("DELETE", f"/tasks/{task_id}", body) == (400, {"error": faults})


def test_results_that_cannot_be_kept_are_refused(desk: Desk) -> None:
    _, path = failed(desk)

    status, answer = desk("POST", f"{path}/resolve", {"results": {"a": "\x00"}})

    assert (status, list(answer["error"])) == (400, ["results"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/tasks/{task}"),
        ("POST", "/tasks/{task}/retry"),
        ("GET", "/tasks/{task}/transitions"),
        ("GET", "/tasks/{task}/graph"),
        ("PATCH", "/tasks/{task}"),
        ("PATCH", "/tasks/{other}/workflow_steps/{step}"),
        ("DELETE", "/tasks/{other}/workflow_steps/{step}"),
        ("POST", "/tasks/{other}/workflow_steps/{step}/retry"),
        ("POST", "/tasks/{other}/workflow_steps/{step}/skip"),
        ("POST", "/tasks/{other}/workflow_steps/{step}/resolve"),
    ],
)
def test_what_is_not_there_or_of_another_task_is_not_found(desk: Desk, method: str, path: str) -> None:
    task_id, other = desk.start(), desk.start()
    step_id = desk.step(task_id, "one")["workflow_step_id"]

    asked = path.format(task=10**9, other=other, step=step_id)

    assert desk(method, asked, {} if method == "PATCH" else None) == NOT_FOUND


def test_who_does_not_see_a_task_cannot_touch_it(desk: Desk) -> None:
    desk.access = Access(actor="ann", owner="ann", scope="ann")
    task_id = desk.start("refused")
    desk.drain()
    step_id = desk.step(task_id, "first")["workflow_step_id"]
    desk.access = Access(actor="bob", owner="bob", scope=["bob", "eve"])
    of_step = f"/tasks/{task_id}/workflow_steps/{step_id}"

    asked = [
        desk("GET", f"/tasks/{task_id}"),
        desk("PATCH", f"/tasks/{task_id}", {"tags": ["mine"]}),
        desk("DELETE", f"/tasks/{task_id}"),
        desk("POST", f"/tasks/{task_id}/retry"),
        desk("GET", f"/tasks/{task_id}/transitions"),
        desk("GET", f"/tasks/{task_id}/graph"),
        desk("GET", f"/tasks/{task_id}/workflow_steps"),
        desk("GET", of_step),
        desk("PATCH", of_step, {"retry_limit": 9}),
        desk("DELETE", of_step),
        *(desk("POST", f"{of_step}/{verb}") for verb in ("retry", "skip", "resolve")),
    ]

    assert asked == [NOT_FOUND] * len(asked)
    desk.access = Access(actor="root")
    assert desk.task(task_id)["status"] == "error"
    assert desk.task(task_id)["tags"] == []
