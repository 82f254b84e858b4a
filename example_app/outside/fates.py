"""What becomes of a request, by the data in it."""

from __future__ import annotations

from enum import StrEnum


class Fate(StrEnum):
    """A word in the deciding field (card, address, country, mail address) and what it brings about."""

    BUSY = "busy"
    """503 to the first request with a key, then 200."""

    LIMITED = "limited"
    """429 with ``Retry-After`` to the first request with a key, then 200."""

    SLOW = "slow"
    """The first request with a key is carried out, but the answer comes too late; later ones get it at once."""

    DONE = "done"
    """409, with the record of what was done before under another key."""

    REFUSED = "refused"
    """402, always."""


def fate_of(text: str) -> Fate | None:
    """The fate that ``text`` names, if it names one."""
    return next((fate for fate in Fate if fate in text.lower()), None)
