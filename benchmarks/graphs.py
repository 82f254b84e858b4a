"""The handlers that are measured. Every step does nothing but return the same small object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from flask_tasker import Annotation, RetryableError, StepRun, StepTemplate, TaskHandler, task_handler

RESULT: Final = {"dummy": True}

Parents = Mapping[str, Sequence[str]]


def dummy(_handler: Any, _run: StepRun[Any]) -> dict[str, bool]:
    """What every step does."""
    return RESULT


def chain_of(length: int) -> Parents:
    """Steps one after the other."""
    return {str(number): [str(number - 1)] if number else [] for number in range(length)}


def fan_of(width: int) -> Parents:
    """One step, so many beside each other, one step."""
    middle = [f"b{number}" for number in range(width)]
    return {"a": [], **{name: ["a"] for name in middle}, "z": middle}


def mesh_of(size: int) -> Parents:
    """Steps that wait for one or two of those a little before them: the kind of graph that is hard to draw."""
    wanted = ({number - 2 - number % 7, number - 1 - number % 3} for number in range(size))
    return {str(number): [str(one) for one in sorted(some) if one >= 0] for number, some in enumerate(wanted)}


GRAPHS: Final[Mapping[str, Parents]] = {
    "W1": {"one": [], "two": [], "three": ["two"], "four": ["three"]},
    "W2": fan_of(2),
    "W3": chain_of(10),
    "W4": fan_of(100),
    "mesh_200": mesh_of(200),
    "chain_5000": chain_of(5_000),
    "fan_10000": fan_of(10_000),
}
"""The name of each step's parents, by the name of the task."""


def later(_handler: Any, _run: StepRun[Any]) -> dict[str, bool]:
    """What a step does that keeps those below it waiting until tomorrow."""
    raise RetryableError("not today", retry_after=timedelta(days=1))


def define(name: str, graph: Parents, *, stuck: str = "", **methods: Any) -> type[TaskHandler[Any]]:
    """Register a handler of that graph, in which one step may be ``stuck``."""
    templates = [
        StepTemplate(
            name=step, dependent_system="none", depends_on_steps=parents, call=later if step == stuck else dummy
        )
        for step, parents in graph.items()
    ]
    return task_handler(name)(type(name, (TaskHandler,), {"step_templates": templates, **methods}))


def note_each(_handler: Any, _task: Any, _sequence: Any, steps: Sequence[Any]) -> list[Annotation]:
    """One annotation after each step."""
    return [Annotation("bench", RESULT, step=step.name) for step in steps]


HANDLERS: Final = {
    **{name: define(name, graph) for name, graph in GRAPHS.items()},
    "mesh_200_stuck": define("mesh_200_stuck", GRAPHS["mesh_200"], stuck="60"),
    **{
        f"{name}_annotated": define(f"{name}_annotated", GRAPHS[name], update_annotations=note_each)
        for name in ("W1", "W3")
    },
}
