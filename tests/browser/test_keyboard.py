"""Without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.stage import Stage
from tests.browser.visitor import WAYS, Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MOST = 60
"""Steps from the beginning of a page to what is looked for."""


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_the_keyboard_reaches_the_content_and_every_link_of_the_navigation(
    lasting_stage: Stage, look_in: Visit, look: Look
) -> None:
    visitor = look_in(lasting_stage, look)
    visitor.goto("")
    page = visitor.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    for name in ("Tasker", "Overview", "Tasks", "Handlers"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == name
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_a_task_is_tried_again_by_keyboard(stage: Stage, visit: Visit, look: Look) -> None:
    visitor, task_id = visit(stage, look), stage.worked("refused")
    page = visitor.page
    visitor.goto(f"tasks/{task_id}")
    tab_to(page, "Retry, cancel or resolve this task")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("as agreed")
    tab_to(page, "Retry")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text() == f"Task {task_id} is tried again."
    assert page.locator("#history").get_by_text("as agreed").count() > 0


def tab_to(page: Page, text: str) -> None:
    """Press the key until what has this text is reached."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == text:
            return
    raise AssertionError(f"{text!r} is not reached by {MOST} presses of the key")
