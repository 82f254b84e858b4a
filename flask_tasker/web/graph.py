"""A graph of steps as it is shown: nodes in levels, edges, and a Mermaid diagram."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Final

_PLAIN: Final = re.compile(r"[^\w .\-]", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A step: its key, which is its name where it stands for no row."""

    key: int | str
    name: str
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Steps, and the keys of each one's parents."""

    nodes: Sequence[Node]
    parents: Mapping[int | str, Collection[int | str]]

    @cached_property
    def level_of(self) -> Mapping[int | str, int]:
        """How many steps come before each at least: 0 for those without parents."""
        found: dict[int | str, int] = {}
        for key in TopologicalSorter(self.parents).static_order():
            found[key] = max((found[parent] + 1 for parent in self.parents.get(key, ())), default=0)
        return found

    @cached_property
    def levels(self) -> Sequence[Sequence[int | str]]:
        """Keys of the steps by their level, in the order of the nodes."""
        found: list[list[int | str]] = []
        for node in self.nodes:
            level = self.level_of[node.key]
            found += [[] for _ in range(level + 1 - len(found))]
            found[level].append(node.key)
        return found

    @cached_property
    def edges(self) -> Sequence[tuple[int | str, int | str]]:
        """Parent and child."""
        return [(parent, node.key) for node in self.nodes for parent in self.parents.get(node.key, ())]

    def mermaid(self) -> str:
        """A Mermaid flowchart, whatever the names are made of."""
        place = {node.key: f"s{number}" for number, node in enumerate(self.nodes, start=1)}
        boxes = [f'    {place[node.key]}["{_label(node)}"]' for node in self.nodes]
        arrows = [f"    {place[parent]} --> {place[child]}" for parent, child in self.edges]
        return "\n".join(["flowchart TD", *boxes, *arrows, ""])


def _label(node: Node) -> str:
    text = node.name if node.status is None else f"{node.name}: {node.status}"
    # "Mermaid, Flowcharts: Entity codes to escape characters": # and the character's decimal number and a semicolon.
    return _PLAIN.sub(lambda found: f"#{ord(found.group())};", text)
