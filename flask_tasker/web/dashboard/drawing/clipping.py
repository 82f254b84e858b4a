"""Text that has to fit."""

from __future__ import annotations

from typing import Final

ELLIPSIS: Final = "…"


def clipped(text: str, most: int) -> str:
    """``text`` on one line of at most ``most`` characters; an ellipsis says that some of it is left out."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most and len(text) <= 4 * most else line[: most - 1] + ELLIPSIS
