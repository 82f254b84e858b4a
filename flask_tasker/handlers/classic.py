"""The original engine's form of a step: a class whose ``handle(task, sequence, step)`` sets ``step.results``."""

from __future__ import annotations

import dataclasses
import inspect
from dataclasses import dataclass
from typing import Any

from ..errors import HandlerDefinitionError
from ..typing import JsonValue
from .run import StepRun
from .template import StepTemplate


@dataclass(kw_only=True)
class WorkingStep:
    """The step that ``handle`` works on: set ``results``; the rest is for reading."""

    name: str
    step_id: int
    attempts: int
    inputs: Any
    results: JsonValue = None


def compiled(template: StepTemplate) -> StepTemplate:
    """``template`` with the call that runs its ``handler_class``.

    Raises:
        HandlerDefinitionError: it has no handler class, or one without a plain ``handle(task, sequence, step)``.
    """
    if template.call is not None:
        return template
    handler_class = template.handler_class
    handle = getattr(handler_class, "handle", None)
    if not callable(handle):
        raise HandlerDefinitionError(
            f"step {template.name!r}: handler_class must be a class with handle(task, sequence, step), "
            f"got {handler_class!r}"
        )
    if inspect.iscoroutinefunction(handle) or inspect.isasyncgenfunction(handle) or inspect.isgeneratorfunction(handle):
        raise HandlerDefinitionError(
            f"step {template.name!r}: handle is an async def or a generator; write a plain def"
        )

    def call(_handler: Any, run: StepRun[Any]) -> JsonValue:
        step = WorkingStep(name=run.name, step_id=run.step_id, attempts=run.attempt, inputs=run.inputs)
        instance: Any = handler_class() if isinstance(handler_class, type) else handler_class
        instance.handle(run.task, run.sequence, step)
        return step.results

    return dataclasses.replace(template, call=call)
