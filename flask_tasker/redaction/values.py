"""How far a secret goes that stands after its name in free text.

Where that is in doubt, more is taken for it than less. Nothing here looks at a character more often than a few times.
Groups are atomic, not possessive: Python before 3.11.5 goes wrong with a possessive group that looks ahead.
"""

from __future__ import annotations

import re
from typing import Final

from .spans import Span

_OPENED: Final = re.compile(r"""[bruf]{0,2}+((\\{0,8}+["'])(?>(?:\2\2|\2(?=\w))?))""", re.IGNORECASE)
_ARMOUR: Final = "-----BEGIN "
# A quote that is doubled is one within the text, as SQL has it.
_QUOTED: Final = re.compile(r""""(?>(?:[^"\\]++|\\.|"")*)|'(?>(?:[^'\\]++|\\.|'')*)""", re.DOTALL)
_NESTED: Final = re.compile(r""""(?>(?:[^"\\\n]++|\\.)*)"?|'(?>(?:[^'\\\n]++|\\.)*)'?|[\[{(]|[\]})]""")
_NEXT_NAME: Final = r"""["']?[a-z_][\w.\[\]-]{0,63}+["']?[ \t]{0,8}+(?:[=:]|%3[AD])"""
# What closes or parts something is of the value where the value goes on behind it.
_OF_PLAIN: Final = rf"""[^\s,;&"')\]}}]++|["')\]}}](?=\w)|[,;&](?=[^\s"'\[({{])(?!{_NEXT_NAME})"""
_OF_LINE: Final = rf"[^\r\n\\,;]++|\\(?![rn])|[,;](?![ \t]{{0,8}}+{_NEXT_NAME})"
_ANOTHER_COOKIE: Final = r";[ \t]*+[^\s=;,]++=[^\s;,]*+"
_PLAIN: Final = re.compile(rf"(?>(?:{_OF_PLAIN})+)", re.IGNORECASE)
_COOKIES: Final = re.compile(rf"(?>(?:{_OF_PLAIN}|{_ANOTHER_COOKIE})+)", re.IGNORECASE)
_LINE: Final = re.compile(rf"(?>(?:{_OF_LINE}|{_ANOTHER_COOKIE})+)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:bearer|basic|digest|token|apikey|negotiate)[ \t]+", re.IGNORECASE)
_ANY_SCHEME: Final = re.compile(rf"[a-z][a-z0-9-]{{0,31}}+[ \t]++(?!{_NEXT_NAME})", re.IGNORECASE)
# Those whose proof is in parameters of their own; another word may as well be the whole value.
_WITH_PARAMETERS: Final = re.compile(
    rf"(?:digest|aws4-[a-z0-9-]{{1,32}}+|signature|hawk|oauth|mac)[ \t]++(?={_NEXT_NAME})", re.IGNORECASE
)
# What was blanked before is one, too.
_ONE_TOKEN: Final = re.compile(
    r"""(?:(?:bearer|basic|token|apikey|negotiate)[ \t]++[\w.~+/-]++=*+|\[redacted\])(?=\s|\Z|["')\]}\\](?!\w))""",
    re.IGNORECASE,
)
_HEADER: Final = {
    "": re.compile(r"(?>(?:[^\r\n\\]++|\\(?![rn]))*)"),
    # Up to the quote before the name, but for those of the header's own parameters.
    '"': re.compile(r"""(?>(?:="(?>(?:[^"\r\n\\]++|\\.)*)"|\\[^rn\r\n]|[^"\r\n\\])*)"""),
    "'": re.compile(r"""(?>(?:='(?>(?:[^'\r\n\\]++|\\.)*)'|\\[^rn\r\n]|[^'\r\n\\])*)"""),
}


def value_at(text: str, start: int, *, is_header: bool, fills_line: bool) -> tuple[Span, int]:
    """Where the value that begins at ``start`` stands without its quotes, and where to search on.

    ``is_header`` is where a colon is before it, ``fills_line`` where nothing but its name is before it on its line.
    """
    opened = _OPENED.match(text, start)
    if opened is not None:
        return _quoted(text, opened)
    end = _end_of_key(text, start)
    if end > start:
        return (start, end), end
    end = _end_of_nested(text, start)
    scheme = _SCHEME.match(text, end)
    end = _end_of(_COOKIES if is_header else _PLAIN, text, end if scheme is None else scheme.end())
    if is_header and fills_line:
        end = _end_of(_LINE, text, end)
    return (start, end), end


def authorization_at(text: str, start: int, *, is_header: bool, quote: str) -> tuple[Span, int]:
    """The same of what proves who asks: a scheme, of which there are any, and what it takes.

    ``quote`` is what stands before the name, where that is a quote.
    """
    opened = _OPENED.match(text, start)
    if opened is not None:
        return _quoted(text, opened)
    one = _ONE_TOKEN.match(text, start)
    if one is not None:
        return one.span(), one.end()
    end = _end_of_nested(text, start)
    if not (is_header or _WITH_PARAMETERS.match(text, end)):
        end = _end_of(_PLAIN, text, _end_of(_ANY_SCHEME, text, end))
        return (start, end), end
    end = _end_of(_HEADER[quote], text, end)
    return (start, end), end


def _quoted(text: str, opened: re.Match[str]) -> tuple[Span, int]:
    opening, first = opened[1], opened.end()
    if len(opening) == 1:
        end = _end_of(_QUOTED, text, first - 1)
        return (first, end), end + 1
    end = text.find(opening, first)
    while end > 0 and text[end - 1] == "\\":
        # That one is within the text, and escaped once more.
        end = text.find(opening, end + 1)
    return ((first, end), end + len(opening)) if end >= 0 else ((first, len(text)), len(text))


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return start if found is None else found.end()


def _end_of_key(text: str, start: int) -> int:
    """The end of a key in its armour (RFC 7468); of one that is cut off, the end of the text."""
    if not text.startswith(_ARMOUR, start):
        return start
    last = text.find("-----END ", start)
    end = text.find("-----", last + len("-----END ")) if last >= 0 else -1
    return len(text) if end < 0 else end + len("-----")


def _end_of_nested(text: str, start: int) -> int:
    """The end of a list or an object, which is taken whole; of one that does not end, the end of the text."""
    if text[start] not in "[{(":
        return start
    depth = 0
    for part in _NESTED.finditer(text, start):
        if part[0] in ("[", "{", "("):
            depth += 1
        elif part[0] in ("]", "}", ")"):
            depth -= 1
            if not depth:
                return part.end()
    return len(text)
