"""Which rows of a list: by their number, or after a row that was seen before, which costs the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from ...models import Base
from ..tables import table_of

NOT_SHOWN: Final = ("owner", "identity_hash", "identity_minute", "trace_context", "lease_token", "leased_by")
"""Columns that nobody is shown: a position, which is given out, would have their values."""
AnySelect = TypeVar("AnySelect", bound="sa.Select[*tuple[Any, ...]]")


@dataclass(frozen=True, kw_only=True)
class Position:
    """The last row of a page: what it has in the column that sorts, and its key."""

    value: Any
    key: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which rows of a list: ``sort_by`` names a column; one that is unknown, not shown or holds JSON means the key.

    Attributes:
        after: the last row of the page before; ``offset`` counts from there.
    """

    limit: int
    offset: int = 0
    sort_by: str = ""
    descending: bool = False
    after: Position | None = None


def key_of(model: type[Base]) -> sa.Column[Any]:
    """The only column of a table's key."""
    return table_of(model).primary_key.columns[0]


def sorting_column(model: type[Base], sort_by: str) -> sa.Column[Any]:
    """The column that ``sort_by`` names, else the key."""
    column = table_of(model).c.get(sort_by, key_of(model))
    return key_of(model) if isinstance(column.type, sa.JSON) or column.name in NOT_SHOWN else column


def page_of(statement: AnySelect, model: type[Base], page: Page) -> AnySelect:
    """``statement``, which selects rows of ``model``, for one page of them."""
    column, key = sorting_column(model, page.sort_by), key_of(model)
    if page.after is not None:
        statement = statement.where(_is_after(column, key, page.after, descending=page.descending))
    # The databases place NULL at different ends; said outright it is the end that PostgreSQL's indexes have it at. The
    # key makes the order total, so that no row is on two pages.
    order = (column.desc().nulls_first(), key.desc()) if page.descending else (column.asc().nulls_last(), key.asc())
    if not column.nullable:
        # Said of a column without NULL, SQLite would sort instead of going along the index.
        order = (column.desc(), key.desc()) if page.descending else (column.asc(), key.asc())
    return statement.order_by(*order).limit(page.limit).offset(page.offset)


def _is_after(
    column: sa.Column[Any], key: sa.Column[Any], seen: Position, *, descending: bool
) -> sa.ColumnElement[bool]:
    if column is key:
        return key < seen.key if descending else key > seen.key
    if not column.nullable:
        here, there = sa.tuple_(column, key), sa.tuple_(sa.literal(seen.value, column.type), sa.literal(seen.key))
        return here < there if descending else here > there
    further = key < seen.key if descending else key > seen.key
    if seen.value is None:
        same = sa.and_(column.is_(None), further)
        return sa.or_(same, column.is_not(None)) if descending else same
    beyond = column < seen.value if descending else column > seen.value
    same = sa.and_(column == seen.value, further)
    return sa.or_(beyond, same) if descending else sa.or_(beyond, same, column.is_(None))
