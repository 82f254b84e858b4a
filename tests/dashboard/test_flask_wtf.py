"""Under the host's Flask-WTF the forms carry its tokens, and are checked by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from flask_tasker import Tasker
from tests.dashboard.conftest import SECRET, TOKEN, UI, Browser
from tests.dashboard.reading import Seen
from tests.http.conftest import Desk, shop

ITS = "csrf_token"


def host(database_url: str, first: str = "csrf", **config: Any) -> Desk:
    """An app under Flask-WTF, with handlers of its own for what goes wrong."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=SECRET, TESTING=True, SQLALCHEMY_DATABASE_URI=database_url, **config)
    app.register_error_handler(CSRFError, lambda _error: ("the host's page", 418))
    app.register_error_handler(400, lambda _error: ("the host's page", 418))
    db, tasker = SQLAlchemy(app), Tasker(handlers=shop())
    set_up = {"csrf": CSRFProtect().init_app, "tasker": tasker.init_app}
    for name in sorted(set_up, reverse=first != "csrf"):
        set_up[name](app)
    desk = Desk(app, app.test_client())
    with app.app_context():
        db.create_all()
        tasker.authorize(desk.authorize)
    return desk


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    desk = host(database_url)
    yield desk
    disposed(desk)


def disposed(desk: Desk) -> None:
    with desk.app.app_context():
        desk.app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return Browser(desk, desk.app.test_client())


def cancel(browser: Browser, task_id: int, **fields: str) -> Seen:
    return Seen(browser.client.post(f"{UI}/tasks/{task_id}/cancel", data=fields))


def test_forms_carry_its_token_and_not_ours(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()
    page = browser.get(f"/tasks/{task_id}")

    assert page.all("input", name=TOKEN) == []
    assert "tasker_browser" not in str(page.response.headers)
    assert cancel(browser, task_id, **{ITS: page.value(ITS)}).status == 303
    assert desk.task(task_id)["status"] == "cancelled"


@pytest.mark.parametrize("fields", [{}, {ITS: "nonsense"}, {TOKEN: "nonsense"}])
def test_without_it_nothing_changes_and_the_page_is_ours(browser: Browser, desk: Desk, fields: dict[str, str]) -> None:
    task_id = desk.start()

    refused = cancel(browser, task_id, **fields)

    assert (refused.status, desk.task(task_id)["status"]) == (400, "pending")
    assert "The CSRF" in refused.text
    assert "Content-Security-Policy" in refused.response.headers


def test_its_token_of_another_session_is_refused(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()
    token = browser.get(f"/tasks/{task_id}").value(ITS)
    other = Browser(desk, desk.app.test_client())
    other.get(f"/tasks/{task_id}")

    assert cancel(other, task_id, **{ITS: token}).status == 400


@pytest.mark.parametrize("first", ["csrf", "tasker"])
def test_it_is_found_whichever_is_set_up_first(first: str) -> None:
    desk = host("sqlite://", first)
    browser, task_id = Browser(desk, desk.app.test_client()), desk.start()

    assert cancel(browser, task_id).status == 400
    assert cancel(browser, task_id, **{ITS: browser.get("/tasks/1").value(ITS)}).status == 303
    disposed(desk)


@pytest.mark.parametrize("exempt", [True, False])
def test_where_it_checks_only_some_pages_ours_are_among_them(exempt: bool) -> None:
    desk = host("sqlite://", WTF_CSRF_CHECK_DEFAULT=exempt)
    if exempt:
        desk.app.extensions["csrf"].exempt(desk.app.blueprints["tasker_ui"])
    browser, task_id = Browser(desk, desk.app.test_client()), desk.start()

    assert cancel(browser, task_id).status == 400
    assert cancel(browser, task_id, **{ITS: browser.get("/tasks/1").value(ITS)}).status == 303
    disposed(desk)


@pytest.mark.parametrize("config", [{"WTF_CSRF_ENABLED": False}, {"WTF_CSRF_METHODS": ["PUT"]}])
def test_where_it_is_off_the_token_is_ours(config: dict[str, Any]) -> None:
    desk = host("sqlite://", **config)
    browser, task_id = Browser(desk, desk.app.test_client()), desk.start()

    assert cancel(browser, task_id).status == 400
    assert cancel(browser, task_id, **{TOKEN: browser.get("/tasks/1").value(TOKEN)}).status == 303
    disposed(desk)


def test_a_field_of_another_name_is_known() -> None:
    desk = host("sqlite://", WTF_CSRF_FIELD_NAME="its_own")
    browser, task_id = Browser(desk, desk.app.test_client()), desk.start()

    assert cancel(browser, task_id, its_own=browser.get("/tasks/1").value("its_own")).status == 303
    disposed(desk)
