"""Arrays in a statement, side by side as rows: parameters, or written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

Type = sa.types.TypeEngine[Any]
ArrayOf = Callable[[str, Type], sa.ColumnElement[Any]]
"""Gives the array of a name and a type of element."""


def as_array(name: str, kind: Type) -> sa.ColumnElement[Any]:
    """A parameter that is an array, cast: PostgreSQL cannot tell the type of an empty one.

    Keys, moments and JSON come as text: an array of texts does not become one of theirs by itself.
    """
    given: sa.BindParameter[Any] = sa.bindparam(name)
    if isinstance(kind, sa.Uuid | sa.JSON | sa.TIMESTAMP):
        return sa.cast(sa.cast(given, postgresql.ARRAY(sa.Text)), postgresql.ARRAY(kind))
    return sa.cast(given, postgresql.ARRAY(kind))


def as_element(name: str, kind: Type) -> sa.ColumnElement[Any]:
    """A parameter that is the only element of its array."""
    return postgresql.array([sa.cast(sa.bindparam(name), kind)], type_=kind)


def written_out(arrays: Mapping[str, Iterable[Any]]) -> ArrayOf:
    """Arrays that are the same each time, as part of the statement: neither sent nor read again."""
    return partial(_written_out, arrays)


def _written_out(arrays: Mapping[str, Iterable[Any]], name: str, kind: Type) -> sa.ColumnElement[Any]:
    # "PostgreSQL Documentation", 8.15 Arrays: elements in double quotes, in which they and backslashes are escaped.
    text = "{" + ",".join(map(_element, arrays[name])) + "}"
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return sa.cast(sa.literal_column(f"E'{escaped}'", sa.Text), postgresql.ARRAY(kind))


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def unnested(columns: Mapping[str, tuple[str, Type]], array_of: ArrayOf = as_array) -> sa.TableValuedAlias:
    """Arrays side by side: by the name of the column, that of the array and its type; ``position`` counts from 1."""
    arrays = [array_of(name, kind) for name, kind in columns.values()]
    names = [sa.column(name, kind) for name, (_, kind) in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*names, with_ordinality="position").render_derived()
