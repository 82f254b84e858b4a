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
from .spans import Span, blanked, matches
from .walk import Walk


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
        return Walk(keys=self._keys, told=self._without_patterns)(value) if self.rules else value

    def redacted_deep(self, value: Any) -> Any:
        """The same, where each text may be free text (a body that is JSON itself), and each list of two a header."""
        return Walk(keys=self._keys, told=self.redacted_text, pairs=True)(value) if self.rules else value

    def redacted_text(self, text: str) -> str:
        """Free text (an error, a traceback, a line of a log) without what patterns match and ``key=value`` tells."""
        if not self.rules or not text:
            return text
        return blanked(text, self._spans(text))

    def redacted_beginning(self, text: str, most: int) -> str:
        """The first ``most`` characters of free text: a secret that goes on behind them is known by all of it."""
        if not self.rules:
            return text[:most]
        return blanked(text[:most], ((first, min(last, most)) for first, last in self._spans(text) if first < most))

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

    def _spans(self, text: str) -> list[Span]:
        return [*self._matched(text), *(secrets_in(text, self._keys) if self._keys else ())]

    def _without_patterns(self, text: str) -> str:
        return blanked(text, self._matched(text))


NOTHING: Final = Redactor()
"""Blanks nothing, at no cost."""
