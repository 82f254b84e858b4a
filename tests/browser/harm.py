"""A task that is out to do harm, and one that is large: in every field that a client can set."""

from __future__ import annotations

import itertools
from typing import Any, Final

from flask_tasker import (
    Annotation,
    HandlerFactory,
    PermanentError,
    StepRun,
    StepSequence,
    StepTemplate,
    TaskHandler,
    step,
    task_handler,
)
from tests.browser.handlers import Numbered
from tests.browser.stage import Stage

SCRIPT: Final = "</textarea></title><script>window.harmed = 1</script>"
IMAGE: Final = '"\'><img src=x onerror="window.harmed = 1"><a href="javascript:window.harmed = 1">x</a>'
BIDI: Final = "\u202etxt.exe\u2066\u200f\u0007\u001b[31m{{ 7 * 7 }}"
ALL: Final = (SCRIPT, IMAGE, BIDI)
NUL: Final = "\x00"
MANY: Final = 1_010
"""Steps: a thousand, and a last page with a few."""


def big() -> dict[str, Any]:
    """A megabyte of JSON, wide and deep, with harm in keys and values."""
    deep: Any = SCRIPT
    for _ in range(60):
        deep = {IMAGE: deep}
    return {SCRIPT: IMAGE, BIDI: BIDI, "deep": deep, "wide": ["x" * 100] * 9_900}


def harmful_handlers() -> HandlerFactory:
    """``harm`` passes on what it is given; ``many`` has a thousand steps, which are called something harmful."""
    factory = HandlerFactory()
    schema = {"type": "object", "additionalProperties": True, "description": SCRIPT}

    @task_handler("harm", schema=schema, factory=factory)
    class Harm(TaskHandler[Any]):
        __doc__ = " ".join(ALL)

        @step(skippable=True)
        def gives(self, run: StepRun[Any]) -> Any:
            return {SCRIPT: run.context}

        @step(depends_on=gives)
        def fails(self, run: StepRun[Any]) -> Any:
            raise PermanentError(f"{SCRIPT} {NUL} {IMAGE}\n{BIDI}")

        @step
        def gives_nothing(self, run: StepRun[Any]) -> Any:
            return {"nul": NUL}

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            return [Annotation(SCRIPT[:100], {SCRIPT: IMAGE, BIDI: BIDI}, step="gives")]

    steps = [
        StepTemplate(name=f"{number} {name}", description=name, dependent_system=name[:64], handler_class=Numbered)
        for number, name in zip(range(MANY), itertools.cycle((SCRIPT, IMAGE)), strict=False)
    ]
    task_handler("many", factory=factory)(type("Many", (TaskHandler,), {"step_templates": tuple(steps)}))
    return factory


def send(stage: Stage, name: str, **changed: Any) -> Any:
    """Ask for a task over HTTP, as a client does, with harm in each field; gives the answer."""
    texts = {"initiator": SCRIPT, "source_system": IMAGE[:128], "reason": SCRIPT, "correlation_id": IMAGE}
    asked = {"name": name, "context": {}, "tags": list(ALL), **texts, **changed}
    return stage.app.test_client().post(
        "/tasker/tasks", json={"task": asked}, headers={"Idempotency-Key": f"{IMAGE}{changed}"[:200]}
    )
