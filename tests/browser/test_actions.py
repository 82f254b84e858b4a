"""Everything that can be done to a task or a step is done, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Request

from flask_tasker.web.dashboard.routes import ROUTES
from tests.browser.acts import ACTS, WHY, Act
from tests.browser.conftest import Visit
from tests.browser.stage import Stage
from tests.browser.visitor import WAYS, Look, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ELSEWHERE = {"start_task", "act_on_tasks"}
"""In test_starting.py and test_selection.py."""


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("look", WAYS, ids=str)
def test_it_is_done_and_said_once(stage: Stage, visit: Visit, look: Look, name: str) -> None:
    act = ACTS[name]
    visitor = visit(stage, look)
    subject = act.begin(stage)
    sent: list[Request] = []
    visitor.page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - Playwright wants a function
    visitor.goto(subject.address)
    visitor.follow(filled_in(visitor, act))
    visitor.check()

    (request,) = [one for one in sent if one.method == "POST"]
    assert stage.endpoint(request.url.removeprefix(stage.url), method="POST") == act.does
    assert visitor.page.url == f"{stage.home}tasks/{subject.task_id}"
    assert visitor.page.get_by_role("status").inner_text() == act.said.format(subject.task_id)
    left = stage.status(subject.task_id) if subject.step_id is None else stage.step_status(subject.step_id)
    assert left == act.leaves
    assert (visitor.page.locator("#history").get_by_text(WHY).count() > 0) == ("Reason" in act.typed)
    visitor.page.reload()
    assert visitor.page.get_by_role("status").count() == 0


def filled_in(visitor: Visitor, act: Act) -> Locator:
    """The button of its form, in which everything stands."""
    if act.summary:
        visitor.page.get_by_text(act.summary).click()
    button = visitor.page.get_by_role("button", name=act.button, exact=True)
    form = visitor.page.locator("form").filter(has=button)
    for label, text in act.typed.items():
        form.get_by_label(label).fill(text)
    return button


def test_no_action_is_left_out() -> None:
    sent_to = {route.name for route in ROUTES if route.method == "POST"}
    assert sent_to == {act.does for act in ACTS.values()} | ELSEWHERE


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_what_makes_no_sense_stands_there_again_and_can_be_mended(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    act = ACTS["a step is resolved"]
    subject = act.begin(stage)
    results = visitor.page.get_by_label("Results, as JSON")
    visitor.goto(subject.address)
    results.fill("{paid}")
    visitor.follow(visitor.page.get_by_role("button", name=act.button), status=400)
    visitor.check()
    assert results.input_value() == "{paid}"
    assert "line 1" in visitor.page.locator("#results-faults").inner_text()

    results.fill("{}")
    visitor.follow(visitor.page.get_by_role("button", name=act.button))
    assert visitor.page.get_by_role("status").inner_text() == act.said


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_what_others_have_done_meanwhile_is_said(stage: Stage, visit: Visit, look: Look) -> None:
    visitor = visit(stage, look)
    act = ACTS["a task is resolved"]
    subject = act.begin(stage)
    visitor.goto(subject.address)
    button = filled_in(visitor, act)
    with stage.app.app_context():
        stage.tasker.operations.cancel_task(subject.task_id, actor="another")
    visitor.follow(button, status=409)
    visitor.check()
    visitor.check_access()
    assert visitor.page.get_by_role("heading", level=1).inner_text().startswith("409")
    assert stage.status(subject.task_id) == "cancelled"
