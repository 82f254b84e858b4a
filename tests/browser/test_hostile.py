"""A task that is out to do harm: nothing of it runs, and its pages stay sound."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pytest

from flask_tasker import (
    Annotation,
    HandlerFactory,
    PermanentError,
    StepRun,
    StepSequence,
    TaskHandler,
    TaskRequest,
    step,
    task_handler,
)
from flask_tasker.handlers import Step
from flask_tasker.testing import drain
from tests.browser.conftest import Visit
from tests.browser.stage import Stage, stage_in
from tests.browser.visitor import LOOKS, Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCRIPT: Final = "<script>window.harmed = 1</script>"
IMAGE: Final = '"\'><img src=x onerror="window.harmed = 1"><a href="javascript:window.harmed = 1">x</a>'
BIDI: Final = "\u202etxt.exe\u2066\u200f\u0007\u001b[31m"
STEPS: Final = 1_000


def big() -> dict[str, Any]:
    """A megabyte of JSON, wide and deep, with harm in keys and values."""
    deep: Any = SCRIPT
    for _ in range(60):
        deep = {IMAGE: deep}
    return {SCRIPT: IMAGE, BIDI: BIDI, "deep": deep, "wide": ["x" * 100] * 9_000}


def hostile_handlers() -> HandlerFactory:
    """``harm``: fails with harm in its error; ``many``: a thousand steps."""
    factory = HandlerFactory()

    @task_handler("harm", factory=factory)
    class Harm(TaskHandler[Any]):
        @step
        def gives(self, run: StepRun[Any]) -> Any:
            return {SCRIPT: run.context}

        @step(depends_on=gives)
        def fails(self, run: StepRun[Any]) -> Any:
            raise PermanentError(f"{SCRIPT} {IMAGE} {BIDI}")

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            return [Annotation("harm", {SCRIPT: IMAGE, "bidi": BIDI}, step="gives")]

    body: dict[str, Any] = {f"s{number}": _made(number) for number in range(STEPS)}
    task_handler("many", factory=factory)(type("Many", (TaskHandler,), body))
    return factory


def _made(number: int) -> Step[Any]:
    @step(name=f"step {number} of many")
    def run_step(_self: Any, run: StepRun[Any]) -> Any:
        return number

    return run_step


@pytest.fixture(scope="module")
def hostile_stage(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Both tasks, the first one worked on."""
    with stage_in(tmp_path_factory.mktemp("hostile"), hostile_handlers(), filled=False) as stage:
        ask = partial(
            TaskRequest, initiator=SCRIPT, source_system=IMAGE[:128], reason=SCRIPT, tags=(SCRIPT, IMAGE, BIDI)
        )
        with stage.app.app_context():
            stage.tasker.create_task(ask(name="harm", context=big()))
        drain(stage.app)
        with stage.app.app_context():
            stage.tasker.create_task(ask(name="many"))
        yield stage


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("path", ["", "tasks", "tasks?status=error", "tasks/1", "tasks/2", "handlers"])
def test_nothing_of_it_runs(hostile_stage: Stage, visit: Visit, look: Look, path: str) -> None:
    visitor = visit(hostile_stage, look)
    assert visitor.goto(f"{hostile_stage.home}{path}") == 200
    for details in visitor.page.locator("details").all()[:40]:
        details.evaluate("one => { one.open = true }")
    assert visitor.page.evaluate("window.harmed") is None
    assert visitor.page.locator("main img, main script, main iframe").count() == 0
    assert [link for link in visitor.links() if "javascript" in link.partition("?")[0]] == []
    visitor.check()
