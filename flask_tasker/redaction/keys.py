"""The keys under which secrets stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MAX_KEY: Final = 256
"""How long a key may be to be compared at all; what stands under a longer one is blanked."""

_LEFT_OUT: Final = {ord(character): None for character in "-_. "}


class Keys:
    """Keys and wildcards, compared whatever their case, dashes and underscores: ``api_key`` is ``X-API-KEY``'s end."""

    def __init__(self, rules: Iterable[str]) -> None:
        plain = [_folded(rule) for rule in rules]
        self._exact = frozenset(rule for rule in plain if "*" not in rule)
        wild = [_glob(rule) for rule in plain if "*" in rule]
        self._wild = re.compile("|".join(wild), re.DOTALL) if wild else None

    def __contains__(self, key: str) -> bool:
        if not self:
            return False
        if len(key) > MAX_KEY:
            return True
        folded = _folded(key)
        return folded in self._exact or (self._wild is not None and self._wild.fullmatch(folded) is not None)

    def __bool__(self) -> bool:
        return bool(self._exact) or self._wild is not None


def _folded(key: str) -> str:
    return key.lower().translate(_LEFT_OUT)


def _glob(rule: str) -> str:
    """A wildcard as a regular expression that never goes back: each middle part is best found as early as it can be."""
    first, *middle, last = map(re.escape, re.split(r"\*+", rule))
    return f"{first}{''.join(f'(?>.*?{part})' for part in middle)}.*{last}"
