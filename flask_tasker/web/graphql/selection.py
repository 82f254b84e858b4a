"""Looking ahead: which fields are asked for below a field, so that no more is read than that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionNode

from ...store.reading import Parts
from .context import Info

_OF_STEPS: Final = frozenset({"workflowSteps", "percentComplete"})
_OF_EDGES: Final = frozenset({"dependsOnStep", "dependsOnStepId", "dependsOnStepIds"})


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The names of all fields that are asked for, at whatever depth."""

    names: frozenset[str]

    @property
    def parts(self) -> Parts:
        """What to read of tasks."""
        return Parts(
            steps=not self.names.isdisjoint(_OF_STEPS),
            edges=not self.names.isdisjoint(_OF_EDGES),
            annotations="taskAnnotations" in self.names,
        )

    @property
    def step_kinds(self) -> bool:
        """Whether to read what the steps are kinds of."""
        return "namedStep" in self.names

    @property
    def parent_steps(self) -> bool:
        """Whether to read the step that a step depends on."""
        return "dependsOnStep" in self.names


def selection_of(info: Info) -> Selection:
    """What is asked for below the field that is resolved."""
    # `info.selected_fields` would write fragments out wherever they are spread, which can be exponentially often.
    raw = info._raw_info
    inner = (found for node in raw.field_nodes for found in inner_of(node))
    return Selection(names=frozenset(node.name.value for node in fields_in(inner, raw.fragments, deep=True)))


def fields_in(
    selections: Iterable[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode], *, deep: bool = False
) -> Iterator[FieldNode]:
    """The fields among ``selections``, those of fragments too, each fragment once; ``deep``: and all below them.

    ``@skip`` and ``@include`` are not heeded.
    """
    waiting, spread = list(reversed(list(selections))), set[str]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            yield node
            if not deep:
                continue
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in spread or name not in fragments:
                continue
            spread.add(name)
            waiting.extend(reversed(fragments[name].selection_set.selections))
            continue
        waiting.extend(reversed(inner_of(node)))


def inner_of(node: SelectionNode) -> tuple[SelectionNode, ...]:
    """What is selected of a field or in a fragment."""
    inner = getattr(node, "selection_set", None)
    return tuple(inner.selections) if inner else ()
