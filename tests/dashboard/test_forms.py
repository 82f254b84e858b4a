"""Forms of others are refused: without a token, with a wrong one, from another site; and without a key all of them."""

from __future__ import annotations

import re

import pytest

from flask_tasker import Access
from tests.dashboard.conftest import SECRET, TOKEN, UI, Browser
from tests.dashboard.reading import Seen


@pytest.fixture
def waiting(browser: Browser) -> int:
    """A task that could be cancelled."""
    return browser.desk.start()


def cancel(browser: Browser, task_id: int, fields: dict[str, str], headers: dict[str, str] | None = None) -> Seen:
    return Seen(browser.client.post(f"{UI}/tasks/{task_id}/cancel", data=fields, headers=headers))


def test_a_form_without_a_token_or_with_a_wrong_one_changes_nothing(browser: Browser, waiting: int) -> None:
    token = browser.token()

    wrong = ["", "nonsense", token[:-1], "é\x00"]
    for fields in ({}, {"csrf_token": token}, *({TOKEN: value} for value in wrong)):
        refused = cancel(browser, waiting, fields)
        assert refused.status == 400
        assert "Load it again." in refused.text
    assert browser.desk.task(waiting)["status"] == "pending"
    assert cancel(browser, waiting, {TOKEN: token}).status == 303


def test_the_overview_without_its_last_slash_leaves_open_forms_good(browser: Browser, waiting: int) -> None:
    token = browser.token()

    assert browser.get("").status == 200

    assert cancel(browser, waiting, {TOKEN: token}).status == 303


def test_a_token_is_good_in_the_browser_that_it_was_made_for_only(browser: Browser, waiting: int) -> None:
    token = browser.token()

    other = Browser(browser.desk, browser.desk.app.test_client())
    assert cancel(other, waiting, {TOKEN: token}).status == 400
    assert other.token() != token
    assert cancel(other, waiting, {TOKEN: token}).status == 400


def test_a_token_is_good_for_the_actor_that_it_was_made_for_only(browser: Browser, waiting: int) -> None:
    browser.desk.access = Access(actor="mallory")
    token = browser.token()
    browser.desk.access = Access(actor="anna")

    assert cancel(browser, waiting, {TOKEN: token}).status == 400
    browser.desk.access = Access(actor="mallory")
    assert cancel(browser, waiting, {TOKEN: token}).status == 303


def test_a_token_made_with_an_earlier_key_is_good_while_that_is_listed(
    browser: Browser, waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, config = browser.token(), browser.desk.app.config
    monkeypatch.setitem(config, "SECRET_KEY", "another secret that is long enough, too.")

    assert cancel(browser, waiting, {TOKEN: token}).status == 400
    monkeypatch.setitem(config, "SECRET_KEY_FALLBACKS", [SECRET])
    assert cancel(browser, waiting, {TOKEN: token}).status == 303


def test_the_browser_is_told_to_keep_its_name_from_scripts_and_other_sites(browser: Browser) -> None:
    response = browser.client.get(f"{UI}/handlers", base_url="https://localhost")

    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    assert re.fullmatch(rf"tasker_browser=[\w-]{{32}}; Secure; HttpOnly; Path={UI}; SameSite=Lax", cookies[0]), cookies
    assert browser.client.get(f"{UI}/handlers", base_url="https://localhost").headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("planted", ["", "short", "x" * 33, "<script>" + "x" * 24])
def test_a_cookie_that_is_none_of_ours_is_replaced(browser: Browser, planted: str) -> None:
    browser.client.set_cookie("tasker_browser", planted, path=f"{UI}/")

    assert browser.client.get(f"{UI}/handlers").headers["Set-Cookie"].startswith("tasker_browser=")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_a_token(
    browser: Browser, waiting: int, headers: dict[str, str]
) -> None:
    refused = cancel(browser, waiting, {TOKEN: browser.token()}, headers)

    assert (refused.status, browser.desk.task(waiting)["status"]) == (403, "pending")
    assert "another site" in refused.text


def test_without_a_key_the_pages_are_there_to_be_read_and_say_so(browser: Browser, waiting: int) -> None:
    token = browser.token()
    browser.desk.app.config["SECRET_KEY"] = None

    for path in ("/tasks", f"/tasks/{waiting}", browser.step_path(waiting, "one"), "/handlers/one?name=refused"):
        page = browser.get(path)
        assert (page.status, page.actions()) == (200, set())
        assert page.all("input", type="checkbox") == []
        assert "the app has no SECRET_KEY" in page.text
    refused = cancel(browser, waiting, {TOKEN: token})
    assert (refused.status, browser.desk.task(waiting)["status"]) == (403, "pending")
    assert "no SECRET_KEY" in refused.text


def test_a_preview_without_a_key_has_no_form(browser: Browser, waiting: int) -> None:
    browser.desk.app.config["SECRET_KEY"] = None

    page = browser.get(f"/tasks/selection?action=cancel&which=selected&task_ids={waiting}")
    assert (page.status, page.actions()) == (200, set())


@pytest.mark.parametrize("planted", ["nonsense", "IjxiPiI.aaaa.bbbb"])
def test_a_message_that_was_not_signed_is_not_shown(browser: Browser, planted: str) -> None:
    browser.client.set_cookie("tasker_said", planted, path=f"{UI}/")

    assert browser.get("/tasks").message == ""
