"""Whether words stand in a text: full-text search on PostgreSQL, a look at each text on SQLite."""

from __future__ import annotations

import re
from typing import Any, Final

import sqlalchemy as sa

from ...models import Task
from ...models.task import NO_REASON
from ...models.words import Words

_WORD: Final = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
"""Letters and digits, and everything that is not ASCII."""
_LONGEST: Final = 128
"""Characters of a reason at most: PostgreSQL would ignore a word of thousands, and find what has the others."""


def says(wanted: str, dialect: str) -> sa.ColumnElement[bool]:
    """Each word of ``wanted`` begins a word of a task's reason, in small letters or large (of ASCII only, on SQLite).

    Without a word, or with more or longer ones than a reason holds, that is no task.
    """
    words = list(dict.fromkeys(_WORD.findall(wanted)))
    if not 0 < len(words) <= _LONGEST // 2 or max(map(len, words)) > _LONGEST:
        return sa.false()
    found = _in_vector(words) if dialect == "postgresql" else sa.and_(*map(_is_begun, words))
    if all(NO_REASON.startswith(word.lower()) for word in words):
        return found
    # The index has the reasons that were given.
    return sa.and_(Task.reason != sa.literal_column(f"'{NO_REASON}'"), found)


def _in_vector(words: list[str]) -> sa.ColumnElement[bool]:
    # A quoted word is read as texts are; nothing that ends the quotes is a part of one.
    query = " & ".join(f"'{word}':*" for word in words)
    vector = Words("reason", _selectable=Task.__table__)
    return vector.op("@@", is_comparison=True)(sa.func.to_tsquery(sa.literal_column("'simple'::regconfig"), query))


def _is_begun(word: str) -> sa.ColumnElement[bool]:
    text: sa.ColumnElement[Any] = sa.func.lower(sa.literal(" ") + Task.reason)
    return text.op("GLOB", is_comparison=True)(sa.func.lower(f"*[^0-9a-z\x80-\U0010ffff]{word}*"))
