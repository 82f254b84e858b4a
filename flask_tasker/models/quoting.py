"""Words as SQL writes them in a constraint."""

from __future__ import annotations

from collections.abc import Iterable


def listed(words: Iterable[str]) -> str:
    """``'a', 'b'``: for constants of this package only, never for what a client sends."""
    return ", ".join(f"'{word}'" for word in words)
