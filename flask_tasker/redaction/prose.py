"""Secrets in free text: ``password=...``, ``"password": "..."``, ``Authorization: ...``, ``('api_key', '...')``.

Each way to name a secret is searched for by itself, and each search begins where the last one ended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from .keys import Keys
from .spans import Span
from .values import authorization_at, value_at

_SEPARATOR: Final = r"=>|:=|==?|:(?!:\w)|%3[AD]"
# A value in quotes or brackets may stand on a line of its own.
_GAP: Final = r"""[ \t]*+(?>(?:[\r\n]\s*+(?=[bruf]{0,2}\\{0,8}["']|[\[{]))?)"""
_WORD: Final = re.compile(
    rf"""(?<![\w-])([\w-]{{1,256}}+)((?>(?:\\{{0,8}}+["']|[)\]]|%5D|%22|%27){{0,4}}))[ \t]*+({_SEPARATOR}){_GAP}""",
    re.IGNORECASE,
)
_QUOTED_KEY: Final = re.compile(
    rf"""["']([^"'\\\[\]=\r\n]{{1,256}}+)\\{{0,8}}+["'][ \t]*+({_SEPARATOR}){_GAP}""", re.IGNORECASE
)
_PAIR: Final = re.compile(
    r"""[(\[]\s*+[bruf]{0,2}\\{0,8}+["']([^"'\\\r\n]{1,256}+)\\{0,8}+["'],\s*+(?=[bruf]{0,2}\\{0,8}["'])""",
    re.IGNORECASE,
)
_COLUMNS: Final = re.compile(r"\(((?>(?:[^()\r\n]++|\([^()\r\n]*+\))*))\)=(?=\()")
_CLOSED: Final = re.compile(r"\s*+[)\]]")
_COLUMN: Final = re.compile(r"[\w-]+")
_INDENT: Final = re.compile(r"[ \t]*+(?>(?:[-*>#][ \t]?)?)[\w.]*+")
_FARTHEST: Final = 64
"""How far before a name is looked."""
_AUTHORIZATION: Final = Keys(["*authorization"])


def secrets_in(text: str, keys: Keys) -> Iterator[Span]:
    """Where the values of ``keys`` stand in ``text``."""
    for find, value_of in ((_WORD, _of_word), (_QUOTED_KEY, _of_quoted), (_PAIR, _of_pair), (_COLUMNS, _of_columns)):
        yield from _found(text, keys, find, value_of)


_ValueOf = Callable[[str, re.Match[str], Keys], "tuple[Span, int] | None"]


def _found(text: str, keys: Keys, find: re.Pattern[str], value_of: _ValueOf) -> Iterator[Span]:
    at = 0
    while (name := find.search(text, at)) is not None:
        at = name.end()
        found = value_of(text, name, keys) if at < len(text) else None
        if found is not None:
            (first, last), at = found
            if first < last:
                yield first, last


def _of_word(text: str, name: re.Match[str], keys: Keys) -> tuple[Span, int] | None:
    separator = name[3].lower()
    is_header = separator in (":", "%3a")
    if is_header and ")" in name[2]:
        # Prose: ``failed (no token): try again``.
        return None
    before = text[max(0, name.start() - _FARTHEST) : name.start()]
    key = next((key for key in _names(before, name[1], keys) if key in keys), None)
    if key is None:
        return None
    if key in _AUTHORIZATION:
        quote = before[-1:] if before[-1:] in ('"', "'") and not name[2] else ""
        return authorization_at(text, name.end(), is_header=is_header, quote=quote)
    return value_at(text, name.end(), is_header=is_header, fills_line=_begins_line(before))


def _names(before: str, word: str, keys: Keys) -> Iterator[str]:
    """What may be meant by ``word``, with what stands before it."""
    yield word
    if before.endswith("\\"):
        # A line end or the like that is written as an escape.
        yield word[1:]
    elif before.endswith("%"):
        yield word[2:]
    elif before.endswith((" ", ".")):
        other = _last_word(before[:-1])
        if before.endswith(".") or other not in keys:
            # ``API key: ...`` is one key; but ``*password*`` does not blank ``password reset: done``.
            yield f"{other} {word}"


def _last_word(text: str) -> str:
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] in "-_"):
        start -= 1
    return text[start:]


def _begins_line(before: str) -> bool:
    """Whether ``before`` a name its line has but an indent; one that is farther away than that is none."""
    line = before.rpartition("\n")[2]
    return len(line) < _FARTHEST and _INDENT.fullmatch(line) is not None


def _of_quoted(text: str, name: re.Match[str], keys: Keys) -> tuple[Span, int] | None:
    if name[1] not in keys:
        return None
    is_header = name[2] in (":", "%3a", "%3A")
    if name[1] in _AUTHORIZATION:
        return authorization_at(text, name.end(), is_header=is_header, quote="")
    return value_at(text, name.end(), is_header=is_header, fills_line=False)


def _of_pair(text: str, name: re.Match[str], keys: Keys) -> tuple[Span, int] | None:
    if name[1] not in keys:
        return None
    span, end = value_at(text, name.end(), is_header=False, fills_line=False)
    # A list of three names is no pair.
    return (span, end) if end >= len(text) or _CLOSED.match(text, end) else None


def _of_columns(text: str, name: re.Match[str], keys: Keys) -> tuple[Span, int] | None:
    """PostgreSQL's ``Key (user_id, api_key)=(7, ...)``: all the values, since a comma may be in one."""
    if not any(column in keys for column in _COLUMN.findall(name[1])):
        return None
    return value_at(text, name.end(), is_header=False, fills_line=False)
