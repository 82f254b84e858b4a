"""A handler for each shape: a step adds up what its parents returned, and does what the context directs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from flask_tasker import Backoff, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.handlers import Step
from tests.behaviour.handlers.directions import follow
from tests.behaviour.handlers.registry import HANDLERS
from tests.behaviour.shapes import SHAPES, Shape

SOON: Final = Retry(limit=3, backoff=Backoff(base=timedelta(milliseconds=20), jitter=0))


def graph_handler(name: str, shape: Shape) -> type[TaskHandler]:
    """Register a handler called ``name`` whose steps form ``shape``, every one of them skippable."""
    steps: dict[str, Step[Any]] = {}
    for step_name, parents in shape.items():
        decorate = step(name=step_name, depends_on=[steps[p] for p in parents], retry=SOON, skippable=True)
        steps[step_name] = decorate(_adding_up(parents))
    body: dict[str, Any] = {step_name.replace("-", "_"): value for step_name, value in steps.items()}
    return task_handler(name, factory=HANDLERS)(type(name, (TaskHandler,), body))


def _adding_up(parents: Any) -> Callable[[Any, StepRun[Any]], dict[str, Any]]:
    def run_step(_self: Any, run: StepRun[Any]) -> dict[str, Any]:
        follow(run)
        found = {parent: run.result(parent) for parent in parents}
        value = 1 + sum(result["value"] for result in found.values() if result is not None)
        return {"value": value, "after": sorted(name for name, result in found.items() if result is not None)}

    return run_step


for _name, _shape in SHAPES.items():
    graph_handler(_name, _shape)
