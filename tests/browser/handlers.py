"""What the browser's tests look at beside the handlers of the API's: much, long and wide."""

from __future__ import annotations

from itertools import pairwise
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
from tests.fuzz.handlers import handlers as known_handlers

SHOWN: Final = "shown"
WIDE: Final = "wide"
ENDLESS: Final = "endless"
LARGE: Final = (SHOWN, WIDE, ENDLESS)
FAN: Final = 25
"""Steps of ``wide`` that are alike: its history has more lines than a page shows."""
MANY: Final = 2_001
"""Steps of ``endless``, one after the other: more than are drawn, and than a page shows."""
LONG: Final = "a_name_without_a_blank_" * 5
PARCEL: Final = {
    "type": "object",
    "required": ["weight", "speed"],
    "properties": {
        "weight": {"type": "integer", "description": "In grams."},
        "speed": {"enum": ["slow", "fast"]},
        "insured": {"type": "boolean", "default": False},
        "note": {"type": "string"},
    },
}


def handlers() -> HandlerFactory:
    """Of one app."""
    factory = known_handlers()
    _with_versions(factory)
    _that_may_be_skipped(factory)
    _with_much_to_show(factory)
    for name, steps in ((WIDE, _wide()), (ENDLESS, _endless())):
        task_handler(name, factory=factory)(type(name, (TaskHandler,), {"step_templates": steps}))
    return factory


def _with_versions(factory: HandlerFactory) -> None:
    @task_handler("parcel", version="1.0.0", factory=factory)
    class Old(TaskHandler[Any]):
        @step
        def send(self, run: StepRun[Any]) -> Any:
            return {}

    @task_handler("parcel", version="2.0.0", dependent_system="carrier", schema=PARCEL, factory=factory)
    class Parcel(TaskHandler[Any]):
        """Send a parcel."""

        @step(skippable=True)
        def weigh(self, run: StepRun[Any]) -> Any:
            return run.context["weight"]

        @step(depends_on=weigh)
        def send(self, run: StepRun[Any]) -> Any:
            return {"sent": True}


def _that_may_be_skipped(factory: HandlerFactory) -> None:
    @task_handler("skippable", factory=factory)
    class Skippable(TaskHandler[Any]):
        @step(skippable=True)
        def may_fail(self, run: StepRun[Any]) -> Any:
            raise PermanentError("nobody minds")

        @step(depends_on=may_fail)
        def after(self, run: StepRun[Any]) -> Any:
            return {}


def _with_much_to_show(factory: HandlerFactory) -> None:
    @task_handler(SHOWN, namespace=LONG[:60], factory=factory)
    class Shown(TaskHandler[Any]):
        @step(name=LONG, dependent_system=LONG)
        def long(self, run: StepRun[Any]) -> Any:
            return {"deep": {LONG: [{"page": number, "text": LONG} for number in range(30)]}, "none": None}

        @step(depends_on=long)
        def fails(self, run: StepRun[Any]) -> Any:
            raise PermanentError(f"{LONG}: it was refused\nby {LONG}")

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            return [Annotation(LONG, {"order": 7, LONG: LONG}, step=LONG)]


class Numbered:
    """A step of the fan: each tenth fails."""

    def handle(self, _task: Any, _sequence: Any, step: Any) -> None:
        """Fail, or say so."""
        if step.name.endswith("0"):
            raise PermanentError("a tenth is lost")
        step.results = {"name": step.name}


def _wide() -> tuple[StepTemplate, ...]:
    first = StepTemplate(name="first", handler_class=Numbered)
    fan = [StepTemplate(name=f"part {n}", depends_on_step="first", handler_class=Numbered) for n in range(FAN)]
    last = StepTemplate(name="last", depends_on_steps=[one.name for one in fan], handler_class=Numbered)
    return (first, *fan, last)


def _endless() -> tuple[StepTemplate, ...]:
    names = [f"link {n}" for n in range(MANY)]
    first = StepTemplate(name=names[0], handler_class=Numbered)
    return (
        first,
        *(StepTemplate(name=name, depends_on_step=before, handler_class=Numbered) for before, name in pairwise(names)),
    )
