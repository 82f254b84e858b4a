"""The JSON that the client sends."""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType
from typing import Any, TypeAlias

Unset: TypeAlias = EllipsisType
"""``...``: not said, where None says something."""

_LONGEST_KEY = 255


def said(**fields: Any) -> dict[str, Any]:
    """The fields that were said: all but ``...``."""
    return {name: value for name, value in fields.items() if value is not ...}


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given: all but None."""
    return {name: value for name, value in fields.items() if value is not None}


def texts(name: str, values: Iterable[str] | Unset | None) -> Any:
    """A list of texts; ``...`` and None stay what they are.

    Raises:
        TypeError: one text, which would become a list of its letters.
    """
    if isinstance(values, str):
        raise TypeError(f"{name} must be several texts, got the text {values!r}; write [{values!r}]")
    return values if values is None or values is ... else list(values)


def idempotency_headers(key: str | None) -> dict[str, str]:
    """The header that makes a creation repeatable, if there is a key.

    Raises:
        ValueError: a key that is not 1 to 255 printable ASCII characters.
    """
    if key is None:
        return {}
    if not (1 <= len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        raise ValueError(f"idempotency_key must be 1 to {_LONGEST_KEY} printable ASCII characters, got {key!r:.300}")
    return {"Idempotency-Key": key}
