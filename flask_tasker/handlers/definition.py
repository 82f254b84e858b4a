"""A handler as the engine sees it: compiled once, frozen."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import HandlerDefinitionError
from ..typing import HandlerKey, full_name
from .annotation import Annotation
from .classic import compiled
from .context import ContextSchema, context_schema
from .graph import StepGraph
from .run import TaskView
from .sequence import StepSequence, StepView
from .step import Step
from .template import StepTemplate, check_name


@dataclass(frozen=True, kw_only=True)
class HandlerDefinition:
    """Key, graph and context schema of a handler, and the class that does its work."""

    key: HandlerKey
    handler_class: type[Any]
    graph: StepGraph
    context_schema: ContextSchema
    description: str = ""
    annotates: bool = False

    @property
    def full_name(self) -> str:
        """The key as people write it: ``namespace/name@version``."""
        return full_name(self.key)

    @property
    def origin(self) -> tuple[str, str]:
        """Module and qualified name of the class: the same origin registered again is a reload, no conflict."""
        return self.handler_class.__module__, self.handler_class.__qualname__

    def annotations(self, task: TaskView, sequence: StepSequence, steps: Sequence[StepView]) -> list[Annotation]:
        """What the handler has to note after ``steps`` were worked on."""
        update = self.handler_class().update_annotations
        if len(inspect.signature(update).parameters) == 1:
            found: Iterable[Annotation] | None = update(sequence)
        else:
            found = update(task, sequence, steps)
        return list(found or ())


def define(
    cls: type[Any], *, key: HandlerKey, dependent_system: str, schema: object, annotates: bool
) -> HandlerDefinition:
    """Compile a handler class.

    Raises:
        HandlerDefinitionError: with the handler's name, and what is wrong with it.
    """
    for what, part in zip(("namespace", "task", "version"), key, strict=True):
        check_name(what, part)
    try:
        return HandlerDefinition(
            key=key,
            handler_class=cls,
            graph=StepGraph.of(_templates(cls, dependent_system)),
            context_schema=context_schema(schema),
            description=inspect.cleandoc(cls.__doc__ or ""),
            annotates=annotates,
        )
    except HandlerDefinitionError as error:
        raise HandlerDefinitionError(f"handler {key[1]!r}: {error}") from error


def _templates(cls: type[Any], dependent_system: str) -> list[StepTemplate]:
    steps: dict[str, Step[Any]] = {}
    for base in reversed(cls.__mro__):
        # A method redefined in a subclass keeps its place in the order, and whatever replaces a step removes it.
        steps.update({name: value for name, value in vars(base).items() if isinstance(value, Step)})
    declared = [steps[name].template(dependent_system) for name in steps if isinstance(getattr(cls, name), Step)]
    listed = [compiled(template) for template in cls.step_templates]
    if declared and listed:
        raise HandlerDefinitionError("steps come either from @step or from step_templates, not from both")
    return declared or listed
