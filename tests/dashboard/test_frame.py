"""What all pages have in common: their head, their headers, their files, and what they say when something is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import abort, redirect
from werkzeug.exceptions import HTTPException

from flask_tasker.web.dashboard.files import FILES
from tests.dashboard.apps import app_with
from tests.dashboard.conftest import UI, Browser, failed_task
from tests.http.conftest import Desk

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
ANYWHERE = ["/tasks", "/tasks/99", "/nothing", "/handlers", "/assets/dashboard.css", "/assets/nothing", "/"]


@pytest.mark.parametrize("path", ANYWHERE)
def test_every_answer_has_the_headers_that_keep_browsers_in_bounds(browser: Browser, path: str) -> None:
    with browser.client.get(f"{UI}{path}") as response:
        headers = response.headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_is_not_kept(browser: Browser) -> None:
    assert browser.client.get(f"{UI}/tasks").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/"])
def test_the_prefix_leads_to_the_dashboard(browser: Browser, path: str) -> None:
    response = browser.client.get(f"/tasker{path}")
    assert (response.status_code, response.headers["Location"]) == (303, f"{UI}/")
    assert browser.client.get(f"{UI}/", follow_redirects=True).status_code == 200
    assert browser.client.post(f"/tasker{path}").get_json() == {"status": 404, "error": "Not Found"}


def test_the_navigation_says_where_one_is(browser: Browser, desk: Desk) -> None:
    task_id = desk.start()

    def current(path: str) -> list[tuple[str, str]]:
        links = browser.get(path).all("a")
        return [(tag.text, tag.get("aria-current")) for tag in links if tag.get("aria-current") in ("page", "true")]

    assert current("/tasks") == [("Tasks", "page")]
    assert current(f"/tasks/{task_id}") == [("Tasks", "true")]
    assert current("/handlers") == [("Handlers", "page")]


def test_a_page_can_be_read_without_its_looks(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)
    for path in ("/tasks", f"/tasks/{task_id}", browser.step_path(task_id, "first"), "/handlers/one?name=refused"):
        page = browser.get(path)
        assert page.html.startswith("<!doctype html>")
        assert page.all("html")[0].get("lang") == "en"
        assert page.all("a", class_="skip")[0].get("href") == "#main"
        assert len(page.all("main", id="main")) == len(page.all("h1")) == len(page.all("footer")) == 1
        ids = [tag.get("id") for tag in page.tags if tag.get("id")]
        assert len(ids) == len(set(ids))
        labelled = {tag.get("for") for tag in page.all("label")}
        for field in (tag for tag in page.tags if tag.name in ("input", "select", "textarea")):
            within = [tag.name for tag in field.within]
            named = field.get("aria-label") or field.get("id") in labelled or "label" in within
            assert named or field.get("type") == "hidden", field
        for described in (word for tag in page.tags for word in tag.get("aria-describedby").split()):
            assert described in ids


def test_states_are_told_apart_by_colour_and_shape_and_text(browser: Browser, desk: Desk) -> None:
    failed_task(desk)
    desk.start()

    badges = [tag for tag in browser.get("/tasks").all("span") if tag.get("class").startswith("badge ")]
    assert {(tag.get("class"), tag.text) for tag in badges} == {("badge error", "error"), ("badge pending", "pending")}
    shapes = {tag.get("d") for tag in browser.get("/tasks").all("path")}
    assert len(shapes) == 2


def test_nothing_stands_inline_and_htmx_adds_nothing(browser: Browser) -> None:
    page = browser.get("/tasks")

    config = page.all("meta", name="htmx-config")[0].get("content")
    assert '"includeIndicatorStyles": false' in config
    assert '"allowEval": false' in config
    assert page.all("style") == []
    assert [tag for tag in page.tags if any(name == "style" or name.startswith("on") for name in tag.attributes)] == []


def test_files_are_revalidated(browser: Browser) -> None:
    for name, kind in (("dashboard.css", "text/css"), ("htmx.min.js", "javascript"), ("icon.svg", "image/svg+xml")):
        with browser.client.get(f"{UI}/assets/{name}") as response:
            assert response.status_code == 200
            assert kind in str(response.mimetype)
            etag = response.headers["ETag"]
        with browser.client.get(f"{UI}/assets/{name}", headers={"If-None-Match": etag}) as response:
            assert response.status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..%2ffiles.py", "%2e%2e/files.py", "sub/nothing.js"])
def test_no_other_file_is_given_out(browser: Browser, name: str) -> None:
    assert browser.get(f"/assets/{name}").status == 404


def test_the_stylesheet_takes_nothing_from_elsewhere() -> None:
    style = (FILES / "dashboard.css").read_text()
    assert not re.search(r"url\(|@import", style + (FILES / "icon.svg").read_text())
    assert "prefers-color-scheme: dark" in style


def test_what_is_not_ours_has_its_licence_beside_it_and_in_the_distribution() -> None:
    notice = (FILES / "NOTICE").read_text()
    assert [path.name for path in FILES.glob("*.min.*") if path.name not in notice] == []
    licences = set(re.findall(r"\S+\.LICENSE", notice))
    assert licences == {path.name for path in FILES.glob("*.LICENSE")}
    assert "flask_tasker/web/dashboard/assets/*.LICENSE" in (Path(__file__).parents[2] / "pyproject.toml").read_text()


def light_and_dark() -> list[dict[str, str]]:
    style = (FILES / "dashboard.css").read_text()
    found = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)
    ]
    return [found[0], {**found[0], **found[1]}]


@pytest.mark.parametrize("colours", light_and_dark(), ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(colours: dict[str, str]) -> None:
    states = [name.removesuffix("-ground") for name in colours if name.endswith("-ground")]
    pairs = [(state, f"{state}-ground") for state in states] + [("on-button", "button")]
    pairs += [(ink, ground) for ink in ("ink", "quiet", "link", "danger") for ground in ("ground", "panel")]
    pairs += [("ink", f"{state}-ground") for state in ("complete", "resolved_manually")]
    low = [(pair, contrast(*(colours[name] for name in pair))) for pair in pairs]
    assert len(states) == 7
    assert [found for found in low if found[1] < 4.5] == []
    assert contrast(colours["edge"], colours["ground"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_fault_of_ours_is_a_page_that_tells_nothing(
    browser: Browser, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_permission: str, _resource: object) -> bool:
        raise RuntimeError("the secret is 42")

    desk.app.extensions["tasker"].authorize = fail
    page = browser.get("/tasks")

    assert page.status == 500
    assert "secret" not in page.html
    assert "the secret is 42" in caplog.text


def test_a_database_that_is_away_is_a_page_that_says_when_to_come_back(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with app_with(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/there/tasker.sqlite") as app:
        browser = Browser(Desk(app, app.test_client()), app.test_client())
        assert browser.get("/tasks").status == 200
        app.extensions["tasker"].runtime.database.engine.dispose()
        (tmp_path / "there").rename(tmp_path / "gone")

        page = browser.get("/tasks")

        assert (page.status, "Retry-After" in page.response.headers) == (503, True)
        assert "The database does not answer." in page.text
        assert "What you sent may have been done, or a part of it" in browser.send("/tasks/1/cancel").text
        (tmp_path / "gone").rename(tmp_path / "there")


def test_a_form_that_is_too_large_is_a_page(browser: Browser, desk: Desk) -> None:
    task_id = failed_task(desk)

    assert browser.send(f"{browser.step_path(task_id, 'first')}/resolve", results="x" * 2_200_000).status == 413


def test_a_callback_may_send_people_to_where_they_sign_in(browser: Browser, desk: Desk) -> None:
    def to_login(_permission: str, _resource: object) -> bool:
        abort(redirect("/login"))

    desk.app.extensions["tasker"].authorize = to_login
    response = browser.client.get(f"{UI}/tasks")
    assert (response.status_code, response.headers["Location"]) == (302, "/login")


def test_a_callback_that_aborts_is_answered_by_a_page_of_ours(browser: Browser, desk: Desk) -> None:
    def refuse(_permission: str, _resource: object) -> bool:
        abort(429)

    desk.app.extensions["tasker"].authorize = refuse
    page = browser.get("/tasks")
    assert (page.status, page.all("h1")[0].text) == (429, "429: Too Many Requests")


def test_the_hosts_handlers_of_errors_are_not_asked() -> None:
    with app_with() as app:
        for kind in (400, 404, HTTPException, Exception):
            app.register_error_handler(kind, lambda _error: ("the host's", 418))
        browser = Browser(Desk(app, app.test_client()), app.test_client())
        seen = [browser.get(path).status for path in ("/nothing", "/tasks/99", "/assets/nothing", "/tasks?tag=%00")]
        assert seen == [404, 404, 404, 400]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_another_method_is_not_found(browser: Browser, method: str) -> None:
    response = browser.client.open(f"{UI}/tasks", method=method)
    assert (response.status_code, response.mimetype) == (404, "text/html")


def test_a_slash_at_the_end_changes_nothing(browser: Browser) -> None:
    assert [browser.get(path).status for path in ("/tasks/", "/handlers/")] == [200, 200]
