"""A text as full-text search has it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnClause

JOINTS: Final = "-_./:@&?=+#<>~"
"""What PostgreSQL's parser of texts reads numbers, addresses and files around, where people see two words."""


class Words(ColumnClause[Any]):
    """The words of a text column: on PostgreSQL its ``tsvector``, in no language; elsewhere the column as it is.

    For Alembic it is a column: of an index of expressions it says on SQLite that it cannot compare it.
    """

    inherit_cache = True


@compiles(Words)
def _as_it_is(words: Words, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.visit_column(words, **options)


@compiles(Words, "postgresql")
def _vector(words: Words, compiler: SQLCompiler, **options: Any) -> str:
    # Literals, since an index is of them; and as PostgreSQL says the index, for Alembic to know it again.
    text = compiler.visit_column(words, **options)
    return f"to_tsvector('simple'::regconfig, translate({text}::text, '{JOINTS}'::text, '{' ' * len(JOINTS)}'::text))"
