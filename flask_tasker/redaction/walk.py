"""JSON, walked through for what stands under keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .keys import Keys
from .spans import REDACTED


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What stands under ``keys`` is blanked, at any depth, and ``told`` is asked for every other text, keys too.

    Attributes:
        pairs: whether a list of two texts may be a key and what stands under it.
    """

    keys: Keys
    told: Callable[[str], str]
    pairs: bool = False

    def __call__(self, value: Any) -> Any:
        """The same object where there is nothing to blank, else a copy."""
        if isinstance(value, str):
            return self.told(value)
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list | tuple):
            copy = [self(value[0]), REDACTED] if self._is_pair(value) else [self(item) for item in value]
            return value if all(map(_is, copy, value)) else copy
        return value

    def _is_pair(self, value: Sequence[Any]) -> bool:
        return self.pairs and len(value) == 2 and all(isinstance(one, str) for one in value) and value[0] in self.keys

    def _object(self, value: dict[Any, Any]) -> dict[Any, Any]:
        copy: dict[Any, Any] = {}
        for key, inner in value.items():
            is_text = isinstance(key, str)
            hidden = is_text and key in self.keys
            copy[_free(self.told(key), copy) if is_text else key] = REDACTED if hidden else self(inner)
        same = len(copy) == len(value) and all(map(_is, copy, value)) and all(map(_is, copy.values(), value.values()))
        return value if same else copy


def _is(one: object, other: object) -> bool:
    return one is other


def _free(key: str, taken: dict[Any, Any]) -> str:
    """A key, told apart from others that were blanked."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key} {number}"
    return free
