"""The graph of a task as it is drawn: folded, laid out, and with what stands in each box."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ...graph import Graph, Node
from ..states import name_of
from .clipping import clipped
from .folding import TIMES, Fan, Folded, Key, folded
from .layout import Arrow, Box, layout

NAME: Final = 22
"""Characters of a name that fit into a box."""
LINE: Final = 16
FAN_HEIGHT: Final = 34
"""Of a fan's name alone; each state is a line more."""
MOST: Final = 2_000
"""Nodes: of more, nobody sees anything."""
URGENCY: Final = ("error", "in_progress", "pending", "cancelled", "skipped", "resolved_manually", "complete")
"""A fan looks like the first of these that is among its steps."""


@dataclass(frozen=True, kw_only=True)
class DrawnNode:
    """A step, or a fan.

    Attributes:
        name: as it fits; ``title`` has all of it, and the states in words.
        status: the state whose colour and shape it has.
        counts: the states of a fan's steps, and how many are in each; of a step, nothing.
    """

    box: Box
    name: str
    title: str
    status: str
    counts: Sequence[tuple[str, int]] = ()

    @property
    def is_fan(self) -> bool:
        """Whether it stands for several steps."""
        return bool(self.counts)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is drawn, in pixels; ``description`` says it in a sentence."""

    width: int
    height: int
    nodes: Sequence[DrawnNode]
    arrows: Sequence[Arrow]
    description: str

    @property
    def has_fans(self) -> bool:
        """Whether steps are drawn as one."""
        return any(node.is_fan for node in self.nodes)


def picture(graph: Graph, *, unfolded: Collection[Key] = (), most: int = MOST) -> Picture | None:
    """Draw a graph whose steps have states, or nothing where it has more than ``most`` nodes, folded as it is."""
    small = folded(graph, unfolded=unfolded)
    if len(small.graph.nodes) > most:
        return None
    heights = {key: FAN_HEIGHT + LINE * len(fan.counts) for key, fan in small.fans.items()}
    laid = layout(small.graph, heights=heights)
    return Picture(
        width=laid.width,
        height=laid.height,
        nodes=[
            _drawn(node, box, small.fans.get(node.key)) for node, box in zip(small.graph.nodes, laid.boxes, strict=True)
        ],
        arrows=laid.arrows,
        description=_description(graph, small),
    )


def _drawn(node: Node, box: Box, fan: Fan | None) -> DrawnNode:
    if fan is None:
        status = node.status or "pending"
        return DrawnNode(box=box, name=clipped(node.name, NAME), title=f"{node.name}: {name_of(status)}", status=status)
    said = ", ".join(f"{count} {name_of(status)}" for status, count in fan.counts.items())
    return DrawnNode(
        box=box,
        name=fan.named(clipped(fan.common_name, NAME - len(TIMES) - len(str(len(fan.steps))))),
        title=f"{fan.named(fan.common_name)}: {said}",
        status=next((status for status in URGENCY if status in fan.counts), "pending"),
        counts=list(fan.counts.items()),
    )


def _description(graph: Graph, small: Folded) -> str:
    steps, columns = len(graph.nodes), len(graph.levels)
    fans = "; equal steps are drawn as one box" if small.fans else ""
    return f"Steps: {steps}, columns: {columns}. Each step is right of those that it waits for{fans}."
