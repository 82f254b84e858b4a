"""Whether words stand in a text: full-text search on PostgreSQL, a look at each text on SQLite."""

from __future__ import annotations

import re
from typing import Any, Final

import sqlalchemy as sa

from ...handlers.request import UNKNOWN
from ...models import Task
from ...models.words import Words
from ..tables import table_of

# Of what is not ASCII, without the signs of Latin-1, general punctuation, currencies, and the signs of Chinese.
_LETTERS: Final = "0-9A-Za-zªµº\u00c0-\u1fff\u2070-\u209f\u20d0-\u2fff\u3040-\U0010ffff"
"""Letters and digits, in the brackets of a regular expression and of SQLite's GLOB."""
_WORD: Final = re.compile(f"[{_LETTERS}]+")
_LONGEST: Final = 128
"""Characters of a reason at most: PostgreSQL would ignore a word of thousands, and find what has the others."""


def says(wanted: str, dialect: str, *, whole: bool = False) -> sa.ColumnElement[bool]:
    """Each word of ``wanted`` begins a word of a task's reason, in small letters or large (of ASCII only, on SQLite).

    With ``whole`` it is such a word. Without a word, or with more or longer ones than a reason holds, that is no task.
    """
    words = list(dict.fromkeys(_WORD.findall(wanted)))
    if not 0 < len(words) <= _LONGEST // 2 or max(map(len, words)) > _LONGEST:
        return sa.false()
    none_given: sa.ColumnElement[str] = sa.literal_column(f"'{UNKNOWN}'")
    # The index has the reasons that were given.
    found = sa.and_(
        Task.reason != none_given, _in_vector(words, whole) if dialect == "postgresql" else _in_text(words, whole)
    )
    if all(word.lower() == UNKNOWN or (UNKNOWN.startswith(word.lower()) and not whole) for word in words):
        return sa.or_(Task.reason == none_given, found)
    return found


def _in_vector(words: list[str], whole: bool) -> sa.ColumnElement[bool]:
    # A quoted word is read as texts are; nothing that ends the quotes is a part of one.
    query = " & ".join(f"'{word}'" if whole else f"'{word}':*" for word in words)
    vector = Words("reason")
    vector.table = table_of(Task)
    return vector.op("@@", is_comparison=True)(sa.func.to_tsquery(sa.literal_column("'simple'::regconfig"), query))


def _in_text(words: list[str], whole: bool) -> sa.ColumnElement[bool]:
    text: sa.ColumnElement[Any] = sa.func.lower(sa.literal(" ") + Task.reason + " ")
    end = f"[^{_LETTERS}]*" if whole else "*"
    is_like = text.op("GLOB", is_comparison=True)
    return sa.and_(*(is_like(sa.func.lower(f"*[^{_LETTERS}]{word}{end}")) for word in words))
