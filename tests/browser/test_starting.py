"""A task is started by hand, from fields and as JSON."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Visit
from tests.browser.places import PARCEL
from tests.browser.stage import Stage
from tests.browser.visitor import WAYS, Look, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_from_fields(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    page = visitor.page
    visitor.goto(PARCEL)
    page.get_by_label("weight").fill("a pound")
    page.get_by_label("speed").select_option('"fast"')
    page.get_by_label("Tags").fill("by hand")
    # Nobody starts the same task twice in a minute.
    page.get_by_label("Reason").fill(str(look))
    page.get_by_label("weigh", exact=True).check()
    visitor.follow(page.get_by_role("button", name="Start"), status=400)
    visitor.check()
    assert page.get_by_label("weight").input_value() == "a pound"
    assert page.get_by_label("weight").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("weigh", exact=True).is_checked()

    page.get_by_label("weight").fill("454")
    visitor.follow(page.get_by_role("button", name="Start"))
    assert_started(visitor, bypassed="weigh", tag="by hand", context="454")


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_as_json(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    page = visitor.page
    visitor.goto(PARCEL)
    visitor.follow(page.get_by_role("link", name="Type the context as JSON instead"))
    page.get_by_label("Context, as JSON").fill(f'{{"weight": {look.width}, "speed": "slow", "note": "{look}"}}')
    page.get_by_label("Tags").fill("as JSON")
    visitor.follow(page.get_by_role("button", name="Start"))
    assert_started(visitor, bypassed="", tag="as JSON", context=str(look))


def assert_started(visitor: Visitor, *, bypassed: str, tag: str, context: str) -> None:
    """The page is that of a new task."""
    visitor.check()
    main = visitor.page.locator("main")
    task_id = urlsplit(visitor.page.url).path.rpartition("/")[2]
    assert visitor.page.get_by_role("status").inner_text() == f"Task {task_id} is started."
    assert tag in main.locator(".facts").first.inner_text()
    assert bypassed in main.locator(".facts").first.inner_text()
    main.get_by_text("What the task was given").click()
    assert context in visitor.page.locator("#context").inner_text()
