"""JSON as a tree that a page can show: its beginning, and how much is left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias


@dataclass(frozen=True, kw_only=True)
class JsonLimits:
    """How much of a value is shown.

    Attributes:
        depth: how deep objects and arrays are opened.
        items: how many items of one object or array.
        nodes: how many values in all.
        text: how many characters of one text or key.
        characters: how many characters of text in all.
    """

    depth: int = 12
    items: int = 100
    nodes: int = 1_000
    text: int = 2_000
    characters: int = 50_000


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A value without parts: its ``kind`` as JSON Schema calls it, and its text, less the ``left`` last characters."""

    key: str | None
    kind: str
    text: str
    left: int = 0


@dataclass(frozen=True, kw_only=True)
class Branch:
    """An object or an array with ``size`` items, of which ``left`` are not shown."""

    key: str | None
    kind: str
    size: int
    items: Sequence[JsonNode]

    @property
    def left(self) -> int:
        """How many items are not shown."""
        return self.size - len(self.items)


JsonNode: TypeAlias = Leaf | Branch
EVERYDAY: Final = JsonLimits()


def json_tree(value: Any, limits: JsonLimits = EVERYDAY) -> JsonNode:
    """The beginning of ``value``: what it costs depends on ``limits`` alone, however large the value is."""
    return _Planter(limits).node(None, value, limits.depth)


class _Planter:
    """Grows a tree for as long as there is something left to grow it with."""

    def __init__(self, limits: JsonLimits) -> None:
        self._limits = limits
        self._nodes = limits.nodes
        self._characters = limits.characters

    def node(self, key: str | None, value: Any, depth: int) -> JsonNode:
        self._nodes -= 1
        shown = None if key is None else self._cut(key)[0]
        if isinstance(value, Mapping):
            return self._branch(shown, "object", value.items(), len(value), depth)
        if isinstance(value, list | tuple):
            return self._branch(shown, "array", ((None, item) for item in value), len(value), depth)
        if isinstance(value, str):
            text, left = self._cut(value)
            return Leaf(key=shown, kind="string", text=json.dumps(text, ensure_ascii=False), left=left)
        text, left = self._cut(json.dumps(value))
        return Leaf(key=shown, kind=_KINDS.get(type(value), "number"), text=text, left=left)

    def _branch(
        self, key: str | None, kind: str, items: Iterable[tuple[str | None, Any]], size: int, depth: int
    ) -> Branch:
        grown = tuple(self._grow(items, depth)) if depth > 0 else ()
        return Branch(key=key, kind=kind, size=size, items=grown)

    def _grow(self, items: Iterable[tuple[str | None, Any]], depth: int) -> Iterator[JsonNode]:
        for number, (key, value) in enumerate(items):
            if number >= self._limits.items or self._nodes <= 0 or self._characters <= 0:
                return
            yield self.node(key, value, depth - 1)

    def _cut(self, text: str) -> tuple[str, int]:
        """The beginning of a text, and how many characters are left."""
        shown = text[: max(min(self._limits.text, self._characters), 0)]
        self._characters -= len(shown)
        return shown, len(text) - len(shown)


_KINDS: Final = {bool: "boolean", type(None): "null"}
