"""A page that follows its task: 304 until something changes, and one question to the database for all who look."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from flask_tasker import Access
from tests.dashboard.task_page.parsed import parsed
from tests.dashboard.task_page.watching import UI, Watcher
from tests.http.conftest import Desk
from tests.http.test_costs import statements_of
from tests.web.rows import LEASED, StepRow

VIEWERS = 200


def retry_limit(desk: Desk, task_id: int) -> None:
    step_id = desk.step(task_id, "four")["workflow_step_id"]
    desk("PATCH", f"/tasks/{task_id}/workflow_steps/{step_id}", {"retry_limit": 7})


def tags(desk: Desk, task_id: int) -> None:
    desk("PATCH", f"/tasks/{task_id}", {"task": {"tags": ["new"]}})


def skipped(desk: Desk, task_id: int) -> None:
    desk("POST", f"/tasks/{task_id}/workflow_steps/{desk.step(task_id, 'two')['workflow_step_id']}/skip")


def worked(desk: Desk, _task_id: int) -> None:
    desk.drain()


def cancelled(desk: Desk, task_id: int) -> None:
    desk("DELETE", f"/tasks/{task_id}")


def test_a_script_is_told_that_nothing_has_changed(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.page(task_id)

    response = watcher.follow(task_id)

    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == watcher.version
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("change", [retry_limit, tags, skipped, worked, cancelled])
def test_every_change_is_a_new_version(watcher: Watcher, change: Callable[[Desk, int], None]) -> None:
    task_id = watcher.desk.start()
    watcher.page(task_id)
    before = watcher.version

    change(watcher.desk, task_id)
    watcher.page(task_id)

    assert watcher.version != before


def test_what_a_script_gets_is_the_part_of_the_page_that_changes(watcher: Watcher) -> None:
    task_id = watcher.desk.start("refused")
    watcher.page(task_id)
    watcher.desk.drain()
    watcher.page(task_id)  # what was read for others a moment ago does not count for it
    new, watcher.version = watcher.version, "of another time"

    response = watcher.follow(task_id)

    live = parsed(response.text).one("div", id="live")
    assert response.status_code == 200
    assert live.attributes["data-version"] == new
    assert live.one("h1").text == f"Task {task_id} error"
    # What never changes is not sent again, nor what belongs to one browser alone.
    assert not live.all(id="context")
    assert not live.all("input", type="hidden")


def test_a_script_asks_with_the_address_of_what_is_shown(watcher: Watcher) -> None:
    task_id = watcher.desk.start()

    live = watcher.page(task_id, "zoom=50&steps=2&unfold=7&other=1").one("div", id="live")

    assert live.attributes["hx-get"] == f"{UI}/tasks/{task_id}/live?steps=2&zoom=50&unfold=7"
    assert live.attributes["hx-swap"] == "morph:outerHTML"


def test_nothing_is_asked_about_a_task_that_is_final(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.desk.drain()
    watcher.version = "of another time"

    assert watcher.follow(task_id).status_code == 286
    assert "hx-get" not in watcher.page(task_id).one("div", id="live").attributes


def test_a_cancelled_task_is_followed_until_what_runs_of_it_has_ended(watcher: Watcher) -> None:
    running = watcher.rows.task(status="cancelled", steps=[StepRow(name="one", columns=LEASED)])
    ended = watcher.rows.task(status="cancelled", steps=[StepRow(name="one", columns={"status": "cancelled"})])

    followed = {key: "hx-get" in watcher.page(key).one("div", id="live").attributes for key in (running, ended)}
    watcher.version = "of another time"

    assert followed == {running: True, ended: False}
    assert [watcher.follow(key).status_code for key in (running, ended)] == [200, 286]


def test_a_script_costs_one_statement_and_the_next_in_the_same_second_none(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.page(task_id)
    watcher.forget()

    with statements_of(watcher.desk) as first:
        assert watcher.follow(task_id).status_code == 304
    with statements_of(watcher.desk) as second:
        assert watcher.follow(task_id).status_code == 304

    assert len(first) == 1, first
    assert second == []


@pytest.mark.parametrize("is_known", [True, False])
def test_two_hundred_viewers_cost_the_database_as_much_as_one(watcher: Watcher, is_known: bool) -> None:
    task_id = watcher.desk.start()
    watcher.page(task_id)
    headers = {"If-None-Match": watcher.version} if is_known else {}
    watcher.forget()
    together = threading.Barrier(VIEWERS)

    def look(_number: int) -> int:
        client = watcher.desk.app.test_client()
        together.wait()
        return client.get(f"{UI}/tasks/{task_id}/live", headers=headers).status_code

    begun = time.monotonic()
    with statements_of(watcher.desk) as seen, ThreadPoolExecutor(VIEWERS) as viewers:
        answers = set(viewers.map(look, range(VIEWERS)))
    seconds = time.monotonic() - begun

    assert answers == {304 if is_known else 200}
    # One a second; who has to be shown everything shares that, too, as long as the page stands: it is made anew every
    # 15 seconds by the clock, which may be now.
    assert len(seen) <= 2 + int(seconds) + (0 if is_known else 9 * (2 + int(seconds) // 10)), seen


def test_each_viewer_is_asked_whether_they_may_see_it_though_it_was_read_for_others(watcher: Watcher) -> None:
    task_id = watcher.rows.task(owner="acme")
    watcher.page(task_id)

    answers = []
    for access in (Access(scope="acme"), Access(scope="other"), False, None):
        watcher.desk.access = access
        answers.append(watcher.follow(task_id).status_code)

    assert answers == [304, 404, 403, 401]


def test_a_page_is_never_older_than_its_request(watcher: Watcher) -> None:
    task_id = watcher.desk.start()
    watcher.page(task_id)

    cancelled(watcher.desk, task_id)

    assert watcher.page(task_id).one("h1").text == f"Task {task_id} cancelled"
