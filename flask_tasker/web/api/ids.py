"""Ids in paths."""

from __future__ import annotations

import re
from typing import Final

from ..refusal import RefusedError

LARGEST: Final = 2**63 - 1
_DIGITS: Final = re.compile("[0-9]{1,19}")


def id_of(text: str) -> int:
    """The id that ``text`` says.

    Raises:
        RefusedError: 404, where it is no number, or one that no key can be.
    """
    number = int(text) if _DIGITS.fullmatch(text) else 0
    if not 0 < number <= LARGEST:
        raise RefusedError(404)
    return number
