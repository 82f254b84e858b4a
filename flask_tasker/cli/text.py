"""Text for a terminal. What a database holds reaches it as text, and never as something that it would obey."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

LONGEST: Final = 200
"""Characters of a cell: an error may be a whole page."""


def plain(value: object) -> str:
    """``value`` in one line, with whatever cannot be printed as an escape: colours, line ends, marks that turn text."""
    text = str(value)
    return text if text.isprintable() else "".join(map(_escaped, text))


def shortened(value: object) -> str:
    """``plain``, cut where it is long."""
    text = plain(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def moment(value: datetime | None) -> str:
    """A moment in UTC, to the second; a dash where there is none."""
    return "-" if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
