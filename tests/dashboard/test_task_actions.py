"""What is done to a task: retry, cancel, resolve."""

from __future__ import annotations

import pytest

from flask_tasker import Access
from tests.dashboard.conftest import UI, Browser, failed_task
from tests.http.conftest import Desk


def test_the_page_of_a_task_has_its_facts_steps_and_history(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)

    page = browser.get(f"/tasks/{task_id}")

    assert [row[:3] for row in page.rows("Steps") if len(row) > 1] == [
        ["first", "error", "1 of 3"],
        ["second", "pending", "0 of 3"],
    ]
    assert "the card was refused" in page.text
    assert ["the task", "in progress", "error"] in [row[1:4] for row in page.rows("History")]


@pytest.mark.parametrize(
    ("verb", "status", "said"),
    [
        ("retry", "in_progress", "is tried again"),
        ("cancel", "cancelled", "is cancelled"),
        ("resolve", "resolved_manually", "counts as resolved"),
    ],
)
def test_a_failed_task_is_steered_and_the_next_page_says_it_once(
    browser: Browser, desk: Desk, verb: str, status: str, said: str
) -> None:
    task_id = failed_task(desk)
    desk.access = Access(actor="mallory")

    page = browser.act(f"/tasks/{task_id}/{verb}", why="the bank called")

    assert (page.status, page.message) == (200, f"Task {task_id} {said}.")
    assert browser.get(f"/tasks/{task_id}").message == ""
    assert desk.task(task_id)["status"] == status
    history = desk("GET", f"/tasks/{task_id}/transitions?sort_order=desc")[1]["transitions"]
    assert ("mallory", "the bank called") in {(one["actor"], one["reason"]) for one in history}


def test_what_the_state_does_not_allow_is_not_offered_and_is_refused_with_what_it_does(
    browser: Browser, desk: Desk
) -> None:
    task_id = desk.start()
    desk.drain()

    assert browser.get(f"/tasks/{task_id}").actions() == set()
    refused = browser.send(f"/tasks/{task_id}/retry")
    assert refused.status == 409
    assert "complete" in refused.text


def test_a_waiting_task_is_offered_to_be_cancelled_only(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()

    assert browser.get(f"/tasks/{task_id}").actions() == {f"{UI}/tasks/{task_id}/cancel"}


def test_a_reason_that_is_too_long_changes_nothing(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()

    refused = browser.send(f"/tasks/{task_id}/cancel", why="x" * 2_001)

    assert (refused.status, refused.faults) == (400, ["must have 2000 characters at most"])
    assert desk.task(task_id)["status"] == "pending"


def test_an_action_is_not_done_by_looking(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()

    assert browser.get(f"/tasks/{task_id}/cancel").status == 404
    assert desk.task(task_id)["status"] == "pending"


@pytest.mark.parametrize("task_id", ["99", "0", "x", str(2**70)])
def test_a_task_that_is_not_there_is_not_found(browser: Browser, task_id: str) -> None:
    assert browser.get(f"/tasks/{task_id}").status == 404
    assert browser.send(f"/tasks/{task_id}/cancel").status == 404
