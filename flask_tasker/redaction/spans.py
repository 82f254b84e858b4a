"""Stretches of a text that are to be blanked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

Span = tuple[int, int]

REDACTED: Final = "[redacted]"
"""What stands in place of a secret."""

WINDOW: Final = 4_096
OVERLAP: Final = 512
"""A pattern sees a long text in windows that overlap: its time grows with the text and not with the text's square, and
a secret of up to so many characters is whole in one of them."""


def blanked(text: str, spans: Iterable[Span]) -> str:
    """``text`` with ``REDACTED`` in place of each of ``spans``; the same object where there are none."""
    parts: list[str] = []
    end = 0
    for first, last in _merged(spans):
        parts += [text[end:first], REDACTED]
        end = last
    return "".join([*parts, text[end:]]) if parts else text


def matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Where ``pattern`` matches."""
    start = 0
    while True:
        end = start + WINDOW
        yield from (found.span() for found in pattern.finditer(text, start, end) if found[0])
        if end >= len(text):
            return
        start = end - OVERLAP


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
