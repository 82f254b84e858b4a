"""Texts that no reader takes for more than one line, or for the start of a field."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_BARE: Final = re.compile(r"""[^\s"'=\\]+""")
_NO_NAME: Final = re.compile(r"[^\w.-]+")


def json_line(value: Any) -> str:
    """``value`` as JSON on one line, in which every character can be printed; what is no JSON as its text.

    Besides control characters that are line ends to some (U+2028), and those that turn the order of a line around.
    """
    return _printable(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def bare_or_quoted(text: str) -> str:
    """``text`` as it is where it can be told from what is around it, else quoted as JSON does."""
    return text if _BARE.fullmatch(text) and text.isprintable() else json_line(text)


def field_name(name: str) -> str:
    """``name`` without what could end it."""
    return _NO_NAME.sub("_", name) or "_"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)
