"""Many tasks at once: what will happen is shown, and then it happens to just these."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.stage import Stage
from tests.browser.visitor import WAYS, Look, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ENDS = {"Retry": ("tried again", "in_progress"), "Cancel": ("cancelled", "cancelled")}
ENDS["Resolve"] = ("marked as resolved", "resolved_manually")


@pytest.mark.parametrize("verb", ENDS)
@pytest.mark.parametrize("look", WAYS, ids=str)
def test_those_that_are_ticked(stage: Stage, visit: Visit, look: Look, verb: str) -> None:
    done, status = ENDS[verb]
    visitor, (first, second, left) = visit(stage, look), three_failed(stage, f"{verb} {look}")
    visitor.goto(f"tasks?tag={verb} {look}")
    for task_id in (first, second):
        visitor.page.get_by_label(f"Select task {task_id}").check()
    confirm(visitor, verb, f"2 tasks will be {done}")
    assert visitor.page.get_by_role("status").inner_text() == f"2 tasks {done}."
    assert [stage.status(one) for one in (first, second, left)] == [status, status, "error"]


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_all_that_a_filter_selects(stage: Stage, visit: Visit, look: Look) -> None:
    visitor, failed = visit(stage, look), three_failed(stage, f"all {look}")
    visitor.goto(f"tasks?tag=all {look}")
    visitor.page.get_by_label("all tasks that the filter selects").check()
    confirm(visitor, "Cancel", "3 tasks will be cancelled")
    assert visitor.page.get_by_role("status").inner_text() == "3 tasks cancelled."
    assert {stage.status(one) for one in failed} == {"cancelled"}


@pytest.mark.parametrize("look", WAYS, ids=str)
def test_nothing_happens_to_those_that_are_only_looked_at(stage: Stage, visit: Visit, look: Look) -> None:
    visitor, (task_id, *_) = visit(stage, look), three_failed(stage, f"back {look}")
    visitor.goto(f"tasks?tag=back {look}")
    visitor.page.get_by_label(f"Select task {task_id}").check()
    visitor.follow(visitor.page.get_by_role("button", name="Cancel…"))
    assert "1 task will be cancelled" in visitor.page.locator("main").inner_text()
    visitor.follow(visitor.page.get_by_role("link", name="Back, and change nothing"))
    assert visitor.page.locator("tbody tr").count() == 3
    assert stage.status(task_id) == "error"


def three_failed(stage: Stage, tag: str) -> list[int]:
    """Tasks that nothing but their tag tells from others."""
    started = [stage.start("refused", tags=(tag,)) for _ in range(3)]
    stage.work()
    return started


def confirm(visitor: Visitor, verb: str, preview: str) -> None:
    """Look at what will happen, and let it happen."""
    visitor.follow(visitor.page.get_by_role("button", name=f"{verb}…"))
    visitor.check()
    assert preview in visitor.page.locator("main").inner_text()
    visitor.page.get_by_label("Reason").fill("as agreed")
    visitor.follow(visitor.page.get_by_role("button", name=f"{verb} tasks"))
    visitor.check()
