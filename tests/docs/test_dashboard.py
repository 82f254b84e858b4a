"""The page about the dashboard's permissions has every address, part and cookie."""

from __future__ import annotations

from flask_tasker.web.dashboard import browser, messages
from flask_tasker.web.dashboard.handlers import INDEX
from flask_tasker.web.dashboard.offers import TASK_PERMISSIONS
from flask_tasker.web.dashboard.routes import ROUTES
from flask_tasker.web.dashboard.task import HISTORY
from flask_tasker.web.dashboard.visit import ENTER, WORKERS
from tests.docs.pages import DOCS, rows

PAGE = (DOCS / "dashboard-permissions.md").read_text()


def test_the_table_of_addresses_is_that_of_the_routes() -> None:
    said = [(address, permission) for address, _, permission in rows(PAGE, head="address")]
    assert said == [(f"{route.method} {route.path}", route.permission) for route in ROUTES]


def test_every_permission_that_the_dashboard_asks_for_is_on_the_page() -> None:
    asked_for = {ENTER, HISTORY, INDEX, WORKERS, *TASK_PERMISSIONS.values()}
    assert [permission for permission in asked_for if f"`{permission}`" not in PAGE] == []


def test_the_cookies_are_those_that_are_set() -> None:
    assert [row[0] for row in rows(PAGE, head="cookie")] == [browser.COOKIE, messages.COOKIE]
