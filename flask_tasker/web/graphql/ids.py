"""Ids that clients give as text."""

from __future__ import annotations

from ..api.ids import id_of
from ..refusal import RefusedError


def key_of(text: str) -> int:
    """The id that ``text`` says, or 0, which is nobody's: what is no id is answered like one that is missing."""
    try:
        return id_of(text)
    except RefusedError:
        return 0
