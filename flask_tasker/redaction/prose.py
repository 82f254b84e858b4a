"""Secrets in free text: ``password=...``, ``"password": "..."``, ``Authorization: Bearer ...``.

Where it is in doubt how far a value goes, more is taken for it than less. Each search begins where the last one ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .keys import Keys
from .spans import Span

_NAME: Final = re.compile(r"""(?<![\w-])([\w-]{1,256}+)\\{0,8}+["']?[ \t]{0,8}+(=>|:=|==?|:)[ \t]{0,8}+""")
_SCHEME: Final = re.compile(r"(?:bearer|basic|digest|token|apikey|negotiate)[ \t]+", re.IGNORECASE)
_ESCAPED_QUOTE: Final = re.compile(r"""\\{1,8}["']""")
_QUOTED: Final = re.compile(r"""[bru]{0,2}(?:"(?:[^"\\]|\\.)*+|'(?:[^'\\]|\\.)*+)""", re.DOTALL | re.IGNORECASE)
# What closes something is part of a value where the value goes on behind it.
_PLAIN: Final = re.compile(r"""(?:[^\s,;&"')\]}]|["')\]}](?=\w))++""")
_NESTED: Final = re.compile(r""""(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|[\[{(]|[\]})]""")
_MORE_COOKIES: Final = re.compile(r"(?:;[ \t]{0,8}+[^\s=;,]++=[^\s;,]*+)*+")


def secrets_in(text: str, keys: Keys) -> Iterator[Span]:
    """Where the values of ``keys`` stand in ``text``."""
    at = 0
    while (name := _NAME.search(text, at)) is not None:
        at = name.end()
        if name[1] in keys and at < len(text):
            first, last, at = _value(text, at, is_header=name[2] == ":")
            if first < last:
                yield first, last


def _value(text: str, start: int, *, is_header: bool) -> tuple[int, int, int]:
    """Where the value that begins at ``start`` begins and ends without its quotes, and where to search on."""
    escaped = _ESCAPED_QUOTE.match(text, start)
    if escaped is not None:
        end = text.find(escaped[0], escaped.end())
        return escaped.end(), *((end, end + len(escaped[0])) if end >= 0 else (len(text), len(text)))
    quoted = _QUOTED.match(text, start)
    if quoted is not None:
        first = start + min(quoted[0].find(quote) for quote in "\"'" if quote in quoted[0]) + 1
        return first, quoted.end(), quoted.end() + 1
    end = _end_of_nested(text, start) if text[start] in "[{(" else _end_of_plain(text, start)
    more = _MORE_COOKIES.match(text, end) if is_header and end > start else None
    end = end if more is None else more.end()
    return start, end, end


def _end_of_plain(text: str, start: int) -> int:
    scheme = _SCHEME.match(text, start)
    start = start if scheme is None else scheme.end()
    plain = _PLAIN.match(text, start)
    return start if plain is None else plain.end()


def _end_of_nested(text: str, start: int) -> int:
    """The end of a list or an object, which is taken whole; of one that does not end, the end of the text."""
    depth = 0
    for part in _NESTED.finditer(text, start):
        if part[0] in ("[", "{", "("):
            depth += 1
        elif part[0] in ("]", "}", ")"):
            depth -= 1
            if not depth:
                return part.end()
    return len(text)
