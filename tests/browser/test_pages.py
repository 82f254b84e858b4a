"""Every page that a link leads to, in every way of looking at it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Visit
from tests.browser.stage import Stage
from tests.browser.visitor import LOOKS, Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MOST_ALIKE: Final = 3
"""Of pages that differ only in numbers and in the query, so many are looked at."""


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_is_sound(lasting_stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(lasting_stage, look)
    waiting, seen, alike = [lasting_stage.home], set[str](), dict[str, int]()
    while waiting:
        url = waiting.pop()
        kind = kind_of(url)
        if url in seen or alike.get(kind, 0) >= MOST_ALIKE:
            continue
        seen.add(url)
        alike[kind] = alike.get(kind, 0) + 1
        if not visitor.is_page(url):
            continue
        assert visitor.goto(url) == 200, url
        visitor.check()
        waiting += sorted(link for link in visitor.links() if urlsplit(link).path.startswith("/tasker/ui"))
    assert {"/tasker/ui/", "/tasker/ui/tasks", "/tasker/ui/tasks/N", "/tasker/ui/handlers"} <= {
        urlsplit(kind).path for kind in alike
    }


def kind_of(url: str) -> str:
    """The address with its numbers and the values of its query left out."""
    parts = urlsplit(url)
    path = "/".join("N" if part.isdigit() else part for part in parts.path.split("/"))
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return f"{path}?{'&'.join(names)}"


def test_a_page_that_is_not_there_is_one_of_ours(lasting_stage: Stage, visit: Visit) -> None:
    visitor = visit(lasting_stage, LOOKS[0])
    assert visitor.goto(f"{lasting_stage.home}nowhere") == 404
    assert visitor.page.get_by_role("heading").first.is_visible()
    # Chromium's own line on the status.
    assert [line for line in visitor.complaints if "404" not in line] == []


def test_the_prefix_leads_to_the_dashboard(lasting_stage: Stage, visit: Visit) -> None:
    visitor = visit(lasting_stage, LOOKS[0])
    assert visitor.goto(f"{lasting_stage.url}/tasker/") == 200
    assert visitor.page.url.startswith(lasting_stage.home)


def test_the_keyboard_reaches_the_content_and_every_link_of_the_navigation(lasting_stage: Stage, visit: Visit) -> None:
    visitor = visit(lasting_stage, LOOKS[0])
    visitor.goto(lasting_stage.home)
    page = visitor.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    names = []
    for _ in range(page.get_by_role("navigation").first.get_by_role("link").count() + 1):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Tasks", "Handlers"} <= set(names)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
