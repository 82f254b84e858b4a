"""Fans: steps that wait for the same steps and are waited for by the same steps are drawn as one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from ...graph import Graph, Node

Key: TypeAlias = int | str

HANDFUL: Final = 5
"""So many alike are still drawn one by one."""
TIMES: Final = " \u00d7 "
_NUMBERED: Final = "0123456789 _-.:/#"


@dataclass(frozen=True, kw_only=True)
class Fan:
    """More than a handful of steps between the same parents and the same children."""

    steps: Sequence[Node]

    @property
    def key(self) -> Key:
        """Its first step's."""
        return self.steps[0].key

    @cached_property
    def common_name(self) -> str:
        """What its steps are called but for their numbers; nothing where they are called differently."""
        first, last = min(step.name for step in self.steps), max(step.name for step in self.steps)
        same = next((place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
        return first[:same].rstrip(_NUMBERED)

    def named(self, common_name: str) -> str:
        """What it is called after its steps, and how many they are."""
        return f"{common_name}{TIMES}{len(self.steps)}" if common_name else f"{len(self.steps)} steps"

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many are in which state, those of most steps first."""
        found = Counter(step.status for step in self.steps if step.status is not None)
        return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A graph in which each fan is one node, with the key of the fan's first step."""

    graph: Graph
    fans: Mapping[Key, Fan]


def folded(graph: Graph, *, unfolded: Collection[Key] = ()) -> Folded:
    """``graph`` with its fans folded, but for those whose keys are ``unfolded``."""
    fans = {fan.key: fan for fan in _fans(graph) if fan.key not in unfolded}
    stands_for = {step.key: fan.key for fan in fans.values() for step in fan.steps}
    nodes = [node for node in graph.nodes if stands_for.get(node.key, node.key) == node.key]
    parents = {
        node.key: list(dict.fromkeys(stands_for.get(parent, parent) for parent in graph.parents.get(node.key, ())))
        for node in nodes
    }
    return Folded(graph=Graph(nodes=nodes, parents=parents), fans=fans)


def _fans(graph: Graph) -> list[Fan]:
    children: defaultdict[Key, set[Key]] = defaultdict(set)
    for parent, child in graph.edges:
        children[parent].add(child)
    alike: defaultdict[tuple[frozenset[Key], frozenset[Key]], list[Node]] = defaultdict(list)
    for node in graph.nodes:
        around = frozenset(graph.parents.get(node.key, ())), frozenset(children[node.key])
        alike[around].append(node)
    return [Fan(steps=steps) for steps in alike.values() if len(steps) > HANDFUL]
