"""Graphs: the names of each step's parents, and what their steps must return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Shape = Mapping[str, Sequence[str]]

SINGLE: Final[Shape] = {"only": []}
LINEAR: Final[Shape] = {
    "one": [],
    "two": ["one"],
    "three": ["two"],
    "four": ["three"],
    "five": ["four"],
    "six": ["five"],
}
DIAMOND: Final[Shape] = {
    "start": [],
    "left-one": ["start"],
    "left-two": ["left-one"],
    "right-one": ["start"],
    "right-two": ["right-one"],
    "merge": ["left-two", "right-two"],
    "end": ["merge"],
}
PARALLEL_MERGE: Final[Shape] = {
    "first-one": [],
    "first-two": ["first-one"],
    "second-one": [],
    "second-two": ["second-one"],
    "third": [],
    "fourth": [],
    "merge": ["first-two", "second-two", "third", "fourth"],
}
TREE: Final[Shape] = {
    "root": [],
    "left": ["root"],
    "right": ["root"],
    "left-left": ["left"],
    "left-right": ["left"],
    "right-left": ["right"],
    "right-right": ["right"],
    "join": ["left-left", "left-right", "right-left", "right-right"],
}
MIXED: Final[Shape] = {
    "start": [],
    "check": ["start"],
    "pay": ["check"],
    "reserve": ["check"],
    "audit": ["check"],
    "ship": ["pay", "reserve"],
    "tax": ["ship"],
    "copy": ["ship"],
    "confirm": ["tax", "copy"],
}
FAN: Final[Shape] = {
    "start": [],
    **{f"part-{number}": ["start"] for number in range(100)},
    "end": [f"part-{number}" for number in range(100)],
}
CHAIN: Final[Shape] = {f"link-{number}": [f"link-{number - 1}"] if number else [] for number in range(200)}
GENERATIONS: Final[Shape] = {
    "great-grandparent": [],
    "grandparent": ["great-grandparent"],
    "parent": ["grandparent"],
    "child": ["parent", "grandparent", "great-grandparent"],
}

SHAPES: Final[Mapping[str, Shape]] = {
    "single": SINGLE,
    "linear": LINEAR,
    "diamond": DIAMOND,
    "parallel_merge": PARALLEL_MERGE,
    "tree": TREE,
    "mixed": MIXED,
    "fan": FAN,
    "chain": CHAIN,
    "generations": GENERATIONS,
}


def results_of(shape: Shape) -> dict[str, Any]:
    """What each step returns: one more than all its parents together, and who they are."""
    values: dict[str, int] = {}
    for name, parents in shape.items():
        values[name] = 1 + sum(values[parent] for parent in parents)
    return {name: {"value": values[name], "after": sorted(parents)} for name, parents in shape.items()}
