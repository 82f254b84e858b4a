"""Pages that follow what happens, and links that show the same in another way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.handlers import WIDE
from tests.browser.stage import Stage
from tests.browser.visitor import WAYS, Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PATIENT = 60_000
"""Milliseconds. A page asks every few seconds."""
FOLLOWING = [look for look in WAYS if look.scripts]


@pytest.mark.parametrize("look", FOLLOWING, ids=str)
def test_the_page_of_a_task_follows_it_and_keeps_what_somebody_does_there(
    stage: Stage, visit: Visit, look: Look
) -> None:
    visitor, task_id = visit(stage, look), stage.start("waiting")
    page, first = visitor.page, stage.step(task_id, "first")
    visitor.goto(f"tasks/{task_id}")
    page.get_by_text("Retry, cancel or resolve this task").click()
    page.get_by_label("Reason").fill("not sent yet")
    page.evaluate(f"kept = document.getElementById('step-{first}-details')")
    page.locator(f"#step-{first}-details > summary").click()

    stage.work()

    expect(page.locator(f"#step-{first} .badge")).to_have_text("complete", timeout=PATIENT)
    assert page.evaluate("kept.isConnected && kept.open")
    assert page.locator(f"#node-{first}").get_attribute("class") == "node complete"
    assert page.get_by_label("Reason").input_value() == "not sent yet"
    visitor.check()


@pytest.mark.parametrize("look", FOLLOWING, ids=str)
def test_the_page_of_a_task_that_has_ended_asks_no_more(stage: Stage, visit: Visit, look: Look) -> None:
    visitor, task_id = visit(stage, look), stage.start("anything")
    visitor.goto(f"tasks/{task_id}")
    stage.work()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(
        re.compile(rf"Task {task_id}\s+complete"), timeout=PATIENT
    )
    assert visitor.page.locator("[hx-get]").count() == 0
    visitor.check()


@pytest.mark.parametrize("look", FOLLOWING, ids=str)
def test_the_overview_follows_until_it_is_told_to_stand_still(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    page, tile = visitor.page, visitor.page.locator("#state-pending .count")
    stage.work()
    visitor.goto("")
    # What was read for others a moment ago may still be shown.
    before = stage.number("pending")
    expect(tile).to_have_text(str(before), timeout=PATIENT)
    page.evaluate("kept = document.getElementById('figures')")
    stage.start("anything")
    expect(tile).to_have_text(str(before + 1), timeout=PATIENT)
    assert page.evaluate("kept.isConnected")
    visitor.follow(page.get_by_role("link", name="Stand still"))
    assert page.locator("[hx-get]").count() == 0
    visitor.check()


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_figures_are_shown_as_tables_and_back(lasting_stage: Stage, look_in: Visit, look: Look) -> None:
    visitor = look_in(lasting_stage, look)
    visitor.goto("")
    visitor.follow(visitor.page.get_by_role("link", name="Show tables"))
    assert visitor.page.locator("svg.bars").count() == 0
    visitor.follow(visitor.page.get_by_role("link", name="Show charts"))
    assert visitor.page.locator("svg.bars").count() > 0
    visitor.check()


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_a_filter_and_an_order_select_tasks(lasting_stage: Stage, look_in: Visit, look: Look) -> None:
    visitor = look_in(lasting_stage, look)
    page = visitor.page
    visitor.goto("tasks")
    page.get_by_text("Filter", exact=True).first.click()
    page.get_by_label("State").select_option("resolved_manually")
    visitor.follow(page.get_by_role("button", name="Filter"))
    assert page.locator("tbody .badge").all_inner_texts() == ["resolved manually"]
    visitor.follow(page.get_by_role("link", name="All tasks"))
    visitor.follow(page.get_by_role("columnheader", name="Task").get_by_role("link"))
    assert page.locator("tbody th").first.inner_text() == "1"
    visitor.follow(page.get_by_role("link", name="Next page"))
    visitor.follow(page.get_by_role("link", name="First page"))
    assert page.locator("tbody th").first.inner_text() == "1"
    visitor.check()


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_a_graph_is_unfolded_and_leads_to_the_row_of_a_step(lasting_stage: Stage, look_in: Visit, look: Look) -> None:
    visitor, task_id = look_in(lasting_stage, look), lasting_stage.only(WIDE)
    page, step_id = visitor.page, lasting_stage.step(task_id, "part 3")
    visitor.goto(f"tasks/{task_id}")
    assert page.locator(f"#node-{step_id}").count() == 0
    visitor.follow(page.get_by_role("link", name="draw every step"))
    visitor.follow(page.locator(f"#node-{step_id}"))
    expect(page.locator(f"#step-{step_id}-more")).to_be_visible()
    visitor.follow(page.locator(f"#step-{step_id}-more").get_by_role("link", name="Steer this step"))
    assert page.url == f"{lasting_stage.home}tasks/{task_id}/steps/{step_id}"
    visitor.check()
