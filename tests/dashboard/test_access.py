"""Who may see and do what: nobody outside debug without a callback, and then what it says."""

from __future__ import annotations

from typing import Any

import pytest
from flask import abort, redirect

from flask_tasker import Access
from flask_tasker.web.dashboard.routes import ROUTES
from flask_tasker.web.dashboard.visit import ENTER
from tests.dashboard.conftest import TOKEN, UI, Browser, failed_task
from tests.dashboard.reading import Seen
from tests.http.conftest import Desk

FORM = {"action": "cancel", "which": "selected", "results": "{}", "inputs": "{}", "context": "{}", "form": "json"}
QUERY = "?name=refused&action=cancel&which=selected&task_ids=1"
OF_A_TASK = [route for route in ROUTES if "<task_id>" in route.path]


def ask(browser: Browser, route: Any, task_id: int = 1, step_id: int = 1, *, token: str = "") -> Seen:
    """Ask for a route, with a form that it would take."""
    path = route.path.replace("<task_id>", str(task_id)).replace("<step_id>", str(step_id))
    data = {**FORM, "task_ids": str(task_id), TOKEN: token} if route.method == "POST" else None
    return Seen(browser.client.open(f"{UI}{path}{QUERY}", method=route.method, data=data))


def name_of(route: Any) -> str:
    return str(route.name)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
@pytest.mark.parametrize(("answer", "status"), [(None, 401), (False, 403)], ids=["unknown", "denied"])
def test_who_is_unknown_or_denied_comes_nowhere(
    browser: Browser, desk: Desk, route: Any, answer: bool | None, status: int
) -> None:
    token = browser.token()
    desk.access = answer

    page = ask(browser, route, token=token)

    assert page.status == status
    assert page.response.mimetype == "text/html"
    assert ("WWW-Authenticate" in page.response.headers) == (status == 401)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_without_a_callback_everything_is_closed_outside_debug(
    browser: Browser, desk: Desk, route: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.app.extensions["tasker"].authorize = None
    monkeypatch.setattr(desk.app, "testing", False)

    page = ask(browser, route)

    assert page.status == 403
    assert "tasker.authorize(callback)" in page.text


def test_without_a_callback_the_files_of_the_pages_and_the_way_to_them_are_closed_too(
    browser: Browser, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.app.extensions["tasker"].authorize = None
    monkeypatch.setattr(desk.app, "testing", False)

    for path in ("/assets/dashboard.css", "/nothing", "/.."):
        assert browser.client.get(f"{UI}{path}").status_code == 403
    assert browser.client.get("/tasker/").status_code == 403
    monkeypatch.setattr(desk.app, "debug", True)
    assert browser.client.get(f"{UI}/tasks").status_code == 200


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_each_route_wants_its_own_permission_beside_that_of_the_dashboard(
    browser: Browser, desk: Desk, route: Any
) -> None:
    task_id = failed_task(desk)
    step_id = desk.step(task_id, "first")["workflow_step_id"]
    token, state = browser.token(), desk.app.extensions["tasker"]
    for denied in {ENTER, route.permission}:
        state.authorize = lambda permission, _resource, denied=denied: permission != denied
        page = ask(browser, route, task_id, step_id, token=token)
        assert page.status == 403, denied

    state.authorize = lambda _permission, _resource: True
    # There is no stream, unless the app says so.
    expected = (204,) if route.name == "stream_task" else (200, 303)
    assert ask(browser, route, task_id, step_id, token=token).status in expected


@pytest.mark.parametrize("route", OF_A_TASK, ids=name_of)
def test_what_is_out_of_scope_is_as_if_it_were_not_there(browser: Browser, desk: Desk, route: Any) -> None:
    desk.access = Access(owner="anna")
    task_id = failed_task(desk)
    step_id = desk.step(task_id, "first")["workflow_step_id"]
    before = desk.task(task_id)
    desk.access = Access(scope="ben")
    token = browser.token()

    hers, nobodys = ask(browser, route, task_id, step_id, token=token), ask(browser, route, 99, 99, token=token)

    assert (hers.status, hers.html) == (404, nobodys.html)
    desk.access = True
    assert desk.task(task_id) == before


def test_who_has_a_scope_sees_the_tasks_in_it_and_no_others(browser: Browser, desk: Desk) -> None:
    ids = {}
    for owner in ("anna", "ben"):
        desk.access = Access(owner=owner, scope=owner)
        ids[owner] = desk.start()

    listed = [tag.get("value") for tag in browser.get("/tasks").all("input", name="task_ids")]
    assert listed == [str(ids["ben"])]
    assert browser.get(f"/tasks/{ids['ben']}").status == 200


def test_a_history_that_may_not_be_seen_is_left_out(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)
    desk.app.extensions["tasker"].authorize = lambda permission, _resource: permission != "tasker.transition:index"

    page = browser.get(f"/tasks/{task_id}")
    assert (page.status, page.rows("History")) == (200, [])


@pytest.mark.parametrize("path", ["/figures", "/tasks/{}/live"])
def test_a_script_that_may_not_go_on_is_told_to_load_the_whole_page_anew(
    browser: Browser, desk: Desk, path: str
) -> None:
    address = path.format(failed_task(desk))

    def to_the_sign_in(_permission: str, _resource: Any) -> bool:
        abort(redirect("/login"))

    def answers() -> list[tuple[int, str | None]]:
        asked = [browser.client.get(f"{UI}{address}", headers=headers) for headers in ({"HX-Request": "true"}, {})]
        return [(answer.status_code, answer.headers.get("HX-Refresh")) for answer in asked]

    desk.access = None
    assert answers() == [(401, "true"), (401, None)]
    desk.access = False
    assert answers() == [(401, "true"), (403, None)]
    desk.app.extensions["tasker"].authorize = to_the_sign_in
    assert answers() == [(401, "true"), (302, None)]


def test_a_script_that_asks_for_what_is_not_there_is_not_sent_round_in_circles(browser: Browser) -> None:
    page = browser.get("/tasks/99/live", headers={"HX-Request": "true"})
    assert (page.status, "HX-Refresh" in page.response.headers) == (404, False)


def test_names_of_handlers_are_suggested_to_those_who_may_list_them(browser: Browser, desk: Desk) -> None:
    def suggested(denied: str) -> list[str]:
        desk.app.extensions["tasker"].authorize = lambda permission, _resource: permission != denied
        options = [tag for tag in browser.get("/tasks").all("option") if tag.within[-1].name == "datalist"]
        return [tag.get("value") for tag in options]

    assert suggested("nothing") == ["copy", "refused", "default", "shop"]
    assert suggested("tasker.handler:index") == []


def test_a_refused_start_does_not_show_the_handler_to_who_may_not_see_it(browser: Browser, desk: Desk) -> None:
    token = browser.token()
    desk.app.extensions["tasker"].authorize = lambda permission, _resource: permission != "tasker.handler:show"

    fields = {TOKEN: token, "form": "json", "context": "[1]"}
    page = Seen(browser.client.post(f"{UI}/handlers/one?name=refused", data=fields))

    assert (page.status, page.faults) == (400, ["must be an object: {…}"])
    assert page.rows("Steps") == []


def test_a_callback_that_aborts_over_what_is_only_offered_hides_just_that(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)

    def authorize(permission: str, _resource: Any) -> bool:
        if permission == "tasker.task:destroy":
            abort(403)
        return True

    desk.app.extensions["tasker"].authorize = authorize
    offered = browser.get(f"/tasks/{task_id}").actions()
    assert offered == {f"{UI}/tasks/{task_id}/{verb}" for verb in ("retry", "resolve")}
    assert browser.send(f"/tasks/{task_id}/cancel").status == 403


def test_what_is_in_their_scope_for_one_verb_only_is_offered_that_verb(browser: Browser, desk: Desk) -> None:
    desk.access = Access(owner="anna")
    path = browser.step_path(failed_task(desk), "first")
    desk.app.extensions["tasker"].authorize = lambda permission, _resource: Access(
        scope="anna" if permission.endswith((":show", ":retry")) else "ben"
    )

    assert browser.get(path).actions() == {f"{UI}{path}/retry"}


def test_only_what_someone_may_do_is_offered(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)
    path = browser.step_path(task_id, "first")
    desk.app.extensions["tasker"].authorize = lambda permission, _resource: permission.endswith((":show", ":retry"))

    assert browser.get(f"/tasks/{task_id}").actions() == {f"{UI}/tasks/{task_id}/retry"}
    assert browser.get(path).actions() == {f"{UI}{path}/retry"}
