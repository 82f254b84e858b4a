"""Many tasks at once: first what will happen, then that and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker import Access
from tests.dashboard.apps import app_with
from tests.dashboard.conftest import Browser, failed_task
from tests.dashboard.reading import Seen
from tests.http.conftest import Desk

PREVIEW = "/tasks/selection"


def previewed(page: Seen) -> list[int]:
    """The ids that the form of a preview has."""
    assert page.status == 200, page.text
    return [int(tag.get("value")) for tag in page.all("input", name="task_ids")]


def confirmed(browser: Browser, page: Seen, **more: Any) -> Seen:
    """Send the form of a preview, and see what it leads to."""
    fields: dict[str, Any] = {}
    for tag in page.all("input", type="hidden"):
        fields.setdefault(tag.get("name"), []).append(tag.get("value"))
    return browser.act(PREVIEW, **{**fields, **more})


def test_ticked_tasks_are_shown_first_and_then_done(browser: Browser, desk: Desk) -> None:
    ids = [desk.start() for _ in range(3)]
    desk.access = Access(actor="anna")

    page = browser.get(PREVIEW, query_string={"action": "cancel", "which": "selected", "task_ids": ids[:2]})

    assert previewed(page) == ids[:2]
    assert "2 tasks will be cancelled." in page.text
    assert [desk.task(task_id)["status"] for task_id in ids] == ["pending"] * 3
    assert confirmed(browser, page, why="too many").message == "2 tasks cancelled."
    assert [desk.task(task_id)["status"] for task_id in ids] == ["cancelled", "cancelled", "pending"]
    history = desk("GET", f"/tasks/{ids[0]}/transitions")[1]["transitions"]
    assert ("anna", "too many") in {(one["actor"], one["reason"]) for one in history}


@pytest.mark.parametrize(("verb", "status"), [("retry", "in_progress"), ("resolve", "resolved_manually")])
def test_all_that_a_filter_selects_is_done_and_the_list_is_filtered_as_before(
    browser: Browser, desk: Desk, verb: str, status: str
) -> None:
    failed, other = failed_task(desk), desk.start()

    page = browser.get(
        PREVIEW, query_string={"action": verb, "which": "filter", "status": "error", "reason": "UNKNOWN"}
    )

    assert previewed(page) == [failed]
    after = confirmed(browser, page, why="the bank is back")
    assert after.message.startswith("1 task ")
    assert (after.value("status"), after.value("reason")) == ("error", "UNKNOWN")
    assert (desk.task(failed)["status"], desk.task(other)["status"]) == (status, "pending")


def test_what_is_ticked_and_in_no_fitting_state_stays(browser: Browser, desk: Desk) -> None:
    failed, waiting = failed_task(desk), desk.start()

    page = browser.get(PREVIEW, query_string={"action": "retry", "which": "selected", "task_ids": [failed, waiting]})

    assert previewed(page) == [failed]
    assert "1 of those that were ticked will stay as they are" in page.text


def test_what_fits_only_after_the_preview_is_left_alone(browser: Browser, desk: Desk) -> None:
    first = failed_task(desk)
    page = browser.get(PREVIEW, query_string={"action": "resolve", "which": "filter", "status": "error"})
    second = failed_task(desk)

    confirmed(browser, page)

    assert (desk.task(first)["status"], desk.task(second)["status"]) == ("resolved_manually", "error")


def test_what_changed_after_the_preview_is_left_alone_and_counted(browser: Browser, desk: Desk) -> None:
    first, second = failed_task(desk), failed_task(desk)
    page = browser.get(PREVIEW, query_string={"action": "retry", "which": "filter", "status": "error"})
    browser.act(f"/tasks/{first}/cancel")

    assert confirmed(browser, page).message.startswith("1 task tried again; 1 task left alone")
    assert (desk.task(first)["status"], desk.task(second)["status"]) == ("cancelled", "in_progress")


def test_what_changed_though_it_was_ticked_is_counted_too(browser: Browser, desk: Desk) -> None:
    ids = [desk.start() for _ in range(4)]
    page = browser.get(PREVIEW, query_string={"action": "cancel", "which": "selected", "task_ids": ids})
    desk.drain()
    waiting = desk.start()
    browser.send(PREVIEW, action="cancel", task_ids=[str(waiting)])

    message = confirmed(browser, page).message

    assert message == "0 tasks cancelled; 4 tasks left alone, for what the preview said is not so any more."


def test_of_many_tasks_a_hundred_are_shown(browser: Browser, desk: Desk) -> None:
    desk.start_many(103)

    page = browser.get(PREVIEW, query_string={"action": "cancel", "which": "filter", "tag": "many"})
    assert len(previewed(page)) == 103
    assert "and 3 more." in page.text


def test_more_than_are_changed_at_once_are_said_to_be_more() -> None:
    with app_with(TASKER_MAX_BULK_TASKS=2) as app:
        desk = Desk(app, app.test_client())
        desk.start_many(3)

        page = Browser(desk, desk.client).get(f"{PREVIEW}?action=cancel&which=filter&tag=many")
        assert len(previewed(page)) == 2
        assert "more are selected" in page.text


def test_of_more_that_are_ticked_than_are_changed_at_once_it_is_not_said_that_their_state_is_to_blame() -> None:
    with app_with(TASKER_MAX_BULK_TASKS=2) as app:
        desk = Desk(app, app.test_client())
        ids = [desk.start() for _ in range(3)]

        page = Browser(desk, desk.client).get(
            PREVIEW, query_string={"action": "cancel", "which": "selected", "task_ids": ids}
        )
        assert len(previewed(page)) == 2
        assert "1 of those that were ticked will stay as they are: they are more than are changed at once" in page.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"action": "retry", "which": "selected"}, "No task was ticked"),
        ({"action": "retry", "which": "filter"}, "Filter the tasks first"),
        ({"action": "explode", "which": "selected", "task_ids": "1"}, "Say what is to be done"),
        ({"which": "selected", "task_ids": "1"}, "Say what is to be done"),
        ({"action": "retry", "which": "filter", "requested_after": "soon"}, "must be a moment in ISO 8601"),
        ({"action": "retry", "which": "selected", "task_ids": [str(n) for n in range(1, 1_002)]}, "1000 at most"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused_in_preview_and_when_sent(
    browser: Browser, said: dict[str, Any], words: str
) -> None:
    for page in (browser.get(PREVIEW, query_string=said), browser.send(PREVIEW, **said)):
        assert page.status == 400
        assert words in page.text


def test_nobody_reaches_tasks_out_of_their_scope(browser: Browser, desk: Desk) -> None:
    desk.access = Access(owner="anna")
    hers = desk.start()
    desk.access = Access(owner="ben", scope="ben")
    his = desk.start()

    page = browser.get(PREVIEW, query_string={"action": "cancel", "which": "selected", "task_ids": [hers, his]})
    assert previewed(page) == [his]
    browser.send(PREVIEW, action="cancel", task_ids=[str(hers), str(his)])

    desk.access = True
    assert (desk.task(hers)["status"], desk.task(his)["status"]) == ("pending", "cancelled")


def test_the_verbs_are_offered_to_those_who_may(browser: Browser, desk: Desk) -> None:
    desk.start()
    state = desk.app.extensions["tasker"]

    def offered(*denied: str) -> list[str]:
        state.authorize = lambda permission, _resource: permission not in denied
        return [tag.get("value") for tag in browser.get("/tasks").all("button", name="action")]

    assert offered() == ["retry", "cancel", "resolve"]
    assert offered("tasker.task:destroy") == ["retry", "resolve"]
    assert offered("tasker.task:bulk") == []
