"""Paths of the API, made of what may hold any character."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

_NO_SEGMENT: Final = ("", ".", "..")


def path_of(*segments: str | int) -> str:
    """The segments as a path, each percent-encoded whole.

    Raises:
        ValueError: a segment that is empty or all dots, which would name another path.
    """
    return "/".join(_encoded(str(segment)) for segment in segments)


def _encoded(segment: str) -> str:
    if segment in _NO_SEGMENT:
        raise ValueError(f"an id or name in a path must not be empty, '.' or '..', got {segment!r}")
    return quote(segment, safe="")
