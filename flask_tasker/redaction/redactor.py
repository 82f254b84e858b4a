"""The redactor: gives back what it is given, without the secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from .keys import Keys
from .prose import secrets_in
from .rules import pattern_in
from .spans import REDACTED, Span, blanked, matches


@dataclass(frozen=True)
class Redactor:
    """Blanks what stands under some keys, and what some patterns match.

    Attributes:
        rules: keys, in which ``*`` stands for any characters, and ``/patterns/``, as ``rules_of`` has checked them.
    """

    rules: tuple[str, ...] = ()

    def redacted(self, value: Any) -> Any:
        """JSON without the secrets: the same object where there are none, else a copy.

        What stands under one of the keys, at any depth, is blanked whole; in other texts, and in keys, what a pattern
        matches.
        """
        return self._walked(value) if self.rules else value

    def redacted_text(self, text: str) -> str:
        """Free text (an error, a traceback, a line of a log) without what patterns match and ``key=value`` tells."""
        if not self.rules or not text:
            return text
        return blanked(text, [*self._matched(text), *(secrets_in(text, self._keys) if self._keys else ())])

    def __or__(self, other: Redactor) -> Redactor:
        """A redactor by the rules of both."""
        return Redactor(tuple(dict.fromkeys([*self.rules, *other.rules])))

    @cached_property
    def _keys(self) -> Keys:
        return Keys(rule for rule in self.rules if pattern_in(rule) is None)

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        return [re.compile(found) for found in map(pattern_in, self.rules) if found is not None]

    def _matched(self, text: str) -> Iterable[Span]:
        return [span for pattern in self._patterns for span in matches(pattern, text)]

    def _walked(self, value: Any) -> Any:
        if isinstance(value, str):
            return blanked(value, self._matched(value))
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list | tuple):
            copy = [self._walked(item) for item in value]
            return value if all(map(_is, copy, value)) else copy
        return value

    def _object(self, value: dict[Any, Any]) -> dict[Any, Any]:
        copy: dict[Any, Any] = {}
        for key, inner in value.items():
            is_text = isinstance(key, str)
            hidden = is_text and key in self._keys
            copy[_free(self._walked(key), copy) if is_text else key] = REDACTED if hidden else self._walked(inner)
        same = len(copy) == len(value) and all(map(_is, copy, value)) and all(map(_is, copy.values(), value.values()))
        return value if same else copy


NOTHING: Final = Redactor()
"""Blanks nothing, at no cost."""


def _is(one: object, other: object) -> bool:
    return one is other


def _free(key: str, taken: dict[Any, Any]) -> str:
    """A key, told apart from others that were blanked."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key} {number}"
    return free
