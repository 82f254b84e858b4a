"""Handlers for one test: registered with a factory of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask_tasker.handlers import (
    HandlerDefinition,
    HandlerFactory,
    StepRun,
    StepTemplate,
    TaskHandler,
    task_handler,
)

H = TypeVar("H", bound="type[TaskHandler[Any]]")


def handler(name: str = "order", **options: Any) -> Callable[[H], H]:
    """``@task_handler`` with a factory that nobody else sees."""
    options.setdefault("factory", HandlerFactory())
    return task_handler(name, **options)


class Nothing:
    """The second form of a step that does nothing."""

    def handle(self, task: Any, sequence: Any, step: Any) -> None:
        """Set an empty object as results."""
        step.results = {}


def template(name: str, *parents: str, **options: Any) -> StepTemplate:
    """A step in the second form."""
    options.setdefault("handler_class", Nothing)
    return StepTemplate(name=name, depends_on_steps=parents, **options)


def defined(templates: Sequence[StepTemplate], **options: Any) -> HandlerDefinition:
    """The definition of a handler with these steps."""

    class Made(TaskHandler):
        step_templates = templates

    return handler(**options)(Made).definition


def a_graph(edges: Mapping[str, Sequence[str]]) -> HandlerDefinition:
    """A handler whose steps have the parents that ``edges`` names."""
    return defined([template(name, *parents) for name, parents in edges.items()])


def an_attempt(name: str = "two", **options: Any) -> StepRun[Any]:
    """A run as a step sees it."""
    options.setdefault("context", {})
    return StepRun(name=name, **options)
