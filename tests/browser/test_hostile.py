"""A task that is out to do harm: nothing of it runs, and its pages stay sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from flask_tasker import Access
from tests.browser.conftest import KEY, Visit
from tests.browser.harm import BIDI, MANY, NUL, SCRIPT, big, harmful_handlers, send
from tests.browser.sound import turned
from tests.browser.stage import Stage, stage_in
from tests.browser.visitor import WAYS, Look, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES: Final[Mapping[str, str]] = {
    "the overview": "",
    "the tasks": "tasks",
    "what a filter says": "tasks?tag=%3Cscript%3Ewindow.harmed%3D1%3C%2Fscript%3E&reason=%E2%80%AE%22%27%3E",
    "filters that hold NUL": "tasks?tag=%00&%3Cscript%3E=%00",
    "what will happen": "tasks/selection?action=cancel&task_ids=1&task_ids=2&tag=%3Cscript%3E",
    "the task": "tasks/1",
    "the time line of the task": "tasks/1?timeline=table",
    "the last of a thousand steps": "tasks/2?steps=21&zoom=fit",
    "the step that gave it": "tasks/1/steps/1",
    "the step that failed": "tasks/1/steps/2",
    "the step that gave NUL": "tasks/1/steps/3",
    "the handlers": "handlers",
    "the handler": "handlers/one?name=harm",
}
STATUS: Final = {"filters that hold NUL": 400}
TYPED: Final = f"{SCRIPT}{BIDI}"


@pytest.fixture(scope="module")
def hostile_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both tasks; the first one was worked on."""
    with stage_in(tmp_path_factory.mktemp("hostile"), harmful_handlers(), SECRET_KEY=KEY) as stage:
        stage.tasker.authorize(lambda _permission, _resource: Access(actor=SCRIPT))
        assert send(stage, "harm", context=big()).status_code == 201
        stage.work()
        assert send(stage, "many", bypass_steps=[]).status_code == 201
        yield stage


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", WAYS, ids=str)
def test_nothing_of_it_runs(hostile_stage: Stage, look_in: Visit, look: Look, name: str) -> None:
    visitor = look_in(hostile_stage, look)
    visitor.goto(PAGES[name], status=STATUS.get(name, 200))
    assert_harmless(visitor)
    visitor.unfold()
    assert_harmless(visitor)
    visitor.check_access()


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_a_thousand_steps_break_nothing(hostile_stage: Stage, look_in: Visit, look: Look) -> None:
    visitor = look_in(hostile_stage, look)
    visitor.goto("tasks/2?unfold=all")
    assert visitor.page.locator("a.node").count() == MANY
    assert visitor.page.locator("table.steps > tbody").count() == 50
    assert_harmless(visitor)


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_what_is_typed_comes_back_as_it_was(hostile_stage: Stage, look_in: Visit, look: Look) -> None:
    visitor = look_in(hostile_stage, look)
    page = visitor.page
    for address, button, fields in (
        ("tasks/2/steps/4", "Resolve with these results", {"Results, as JSON": TYPED}),
        ("tasks/2/steps/4", "Save the inputs", {"Inputs, as JSON; they count from the next attempt on": TYPED}),
        ("handlers/one?name=harm", "Start", {"Context, as JSON": TYPED, "Tags": TYPED, "Reason": TYPED * 3}),
    ):
        visitor.goto(address)
        button_there = page.get_by_role("button", name=button)
        form = page.locator("form").filter(has=button_there)
        for label, text in fields.items():
            form.get_by_label(label).fill(text)
        visitor.follow(button_there, status=400)
        for label, text in fields.items():
            assert form.get_by_label(label).input_value() == text
        assert_harmless(visitor)


@pytest.mark.parametrize("field", ["initiator", "source_system", "reason", "correlation_id", "tags", "context"])
def test_nul_is_taken_in_no_field(hostile_stage: Stage, field: str) -> None:
    said = {"tags": [NUL], "context": {"a": [NUL]}}.get(field, NUL)
    assert send(hostile_stage, "harm", **{field: said}).status_code == 400


def assert_harmless(visitor: Visitor) -> None:
    """It runs nothing, breaks nothing, and turns nothing around but itself."""
    assert visitor.page.evaluate("window.harmed") is None
    assert all("49" not in text for text in visitor.page.locator("main .tag").all_inner_texts())
    visitor.check()
    around = turned(visitor.page)
    assert around == [], f"{visitor.page.url}: {around}"
