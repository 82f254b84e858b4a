"""Every form of every page of a task is sent, with and without scripts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.stage import Stage
from tests.browser.visitor import Look, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WAYS = [Look(width=360, scheme="dark", scripts=False), Look(width=1440, scheme="light")]


@dataclass(frozen=True)
class Button:
    """A button of a form that changes something: on which page, the form's number, and its own among all there."""

    url: str
    number: int
    text: str


def buttons_on(page: Page) -> list[Button]:
    """All of them on this page."""
    texts: list[str] = page.eval_on_selector_all(
        "form[method=post] button", "all => all.map(one => one.textContent.trim())"
    )
    return [Button(page.url, number, text) for number, text in enumerate(texts)]


def press(visitor: Visitor, button: Button) -> int:
    """Fill in what the form wants, and press it; gives the status of the page that follows."""
    page = visitor.page
    visitor.goto(button.url)
    found = page.locator("form[method=post] button").nth(button.number)
    form = found.locator("xpath=ancestor::form")
    for details in form.locator("xpath=ancestor-or-self::details").all():
        details.evaluate("one => { one.open = true }")
    for details in form.locator("details").all():
        details.evaluate("one => { one.open = true }")
    for area in form.locator("textarea").all():
        if not area.input_value():
            area.fill("{}")
    for name in form.locator("input[name=why]").all():
        name.fill("as agreed")
    with page.expect_navigation(wait_until="load") as navigation:
        found.click()
    response = navigation.value
    return response.status


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_every_button_of_every_task_leads_to_a_sound_page(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    visitor.goto(f"{stage.home}tasks")
    tasks = sorted(link for link in visitor.links() if link.rpartition("/")[2].isdigit())
    pages = list(tasks)
    for url in tasks:
        visitor.goto(url)
        pages += sorted(link for link in visitor.links() if link.startswith(f"{url}/steps/"))
    pressed: dict[str, int] = {}
    for url in pages:
        visitor.goto(url)
        for button in buttons_on(visitor.page):
            # What was pressed before may have taken the button away.
            visitor.goto(url)
            now = buttons_on(visitor.page)
            if button in now and pressed.get(button.text, 0) < 2:
                # Refusals say why on a page of ours.
                assert press(visitor, button) in {200, 400, 409}, button
                visitor.complaints[:] = [line for line in visitor.complaints if "status of 4" not in line]
                visitor.check()
                pressed[button.text] = pressed.get(button.text, 0) + 1
    assert len(pressed) >= 5, pressed


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_a_failed_task_is_mended_by_hand(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    page = visitor.page
    visitor.goto(f"{stage.home}tasks?status=error")
    assert page.locator("tbody tr").count() >= 1
    page.locator("tbody tr th a").first.click()
    task = page.url
    (retry,) = [button for button in buttons_on(page) if button.text.startswith("Retry")][:1]
    assert press(visitor, retry) == 200
    assert page.get_by_role("status").is_visible()
    assert page.url.startswith(task)
    visitor.check()


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_many_tasks_are_cancelled_after_a_look_at_what_will_happen(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    page = visitor.page
    visitor.goto(f"{stage.home}tasks?status=error")
    before = page.locator("tbody tr").count()
    for box in page.locator("tbody input[type=checkbox]").all():
        box.check()
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Cancel").first.click()
    visitor.check()
    assert f"{before} tasks will be cancelled" in page.locator("main").inner_text()
    page.locator("input[name=why]").fill("as agreed")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Cancel tasks").click()
    assert f"{before} tasks cancelled" in page.get_by_role("status").inner_text()
    visitor.check()
