"""The graph that a handler's steps form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from ..errors import HandlerDefinitionError, UnknownStepError
from .template import StepTemplate


@dataclass(frozen=True)
class StepGraph:
    """Templates by name, in the order in which they were declared; known to be free of cycles."""

    templates: Mapping[str, StepTemplate]

    @classmethod
    def of(cls, templates: Iterable[StepTemplate]) -> StepGraph:
        """Check and take ``templates``.

        Raises:
            HandlerDefinitionError: no step, a name twice, a parent that is unknown, named twice or the step itself, or
                a cycle, whose path the message shows.
        """
        by_name: dict[str, StepTemplate] = {}
        for template in templates:
            if template.name in by_name:
                raise HandlerDefinitionError(f"step {template.name!r} is defined twice")
            by_name[template.name] = template
        if not by_name:
            raise HandlerDefinitionError("no steps: a handler needs at least one")
        for template in by_name.values():
            _check_parents(template, by_name)
        _check_acyclic(by_name)
        return cls(by_name)

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """Names of each step's parents."""
        return {name: template.parents for name, template in self.templates.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names in an order in which every parent comes before its children."""
        return tuple(TopologicalSorter(self.parents).static_order())

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Names of each step's children."""
        found: dict[str, list[str]] = {name: [] for name in self.templates}
        for name, parents in self.parents.items():
            for parent in parents:
                found[parent].append(name)
        return {name: tuple(children) for name, children in found.items()}

    def template(self, name: str) -> StepTemplate:
        """The step called ``name``."""
        try:
            return self.templates[name]
        except KeyError:
            raise UnknownStepError(f"no step {name!r}; the handler has {sorted(self.templates)}") from None

    def ancestors(self, name: str) -> frozenset[str]:
        """Names of all steps that come before ``name``. Walks them: ask once, not for every step of a long chain."""
        found: set[str] = set()
        waiting = list(self.parents[name])
        while waiting:
            step = waiting.pop()
            if step not in found:
                found.add(step)
                waiting.extend(self.parents[step])
        return frozenset(found)


def _check_parents(template: StepTemplate, known: Mapping[str, StepTemplate]) -> None:
    for parent in template.parents:
        if parent == template.name:
            raise HandlerDefinitionError(f"step {template.name!r} depends on itself")
        if parent not in known:
            raise HandlerDefinitionError(
                f"step {template.name!r} depends on unknown step {parent!r}; known are {sorted(known)}"
            )
    if len(set(template.parents)) != len(template.parents):
        raise HandlerDefinitionError(f"step {template.name!r} names a parent twice: {list(template.parents)}")


def _check_acyclic(templates: Mapping[str, StepTemplate]) -> None:
    try:
        TopologicalSorter({name: template.parents for name, template in templates.items()}).prepare()
    except CycleError as error:
        path = " -> ".join(error.args[1])
        raise HandlerDefinitionError(f"steps form a cycle: {path}") from None
