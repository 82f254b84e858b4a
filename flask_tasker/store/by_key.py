"""Rows that are reached by their keys, and by nothing else, whatever the planner believes.

The partial indexes on open work have such rows too. Where statistics were taken while nothing was open, the planner
takes these indexes to be empty, reads one from end to end instead of looking up a key, and does so until the next
ANALYZE, however long the backlog grows; and a prepared statement was planned when the tables were young. So conditions
on a row that is found by its key are said in a form from which it cannot conclude that a partial index has it
("PostgreSQL Documentation", 11.8 Partial Indexes: only simple implications are recognised). And in prepared statements
a lookup depends on the row before it (LATERAL), and OFFSET 0 keeps it from being merged into what is around it, as it
keeps an EXISTS from becoming a join ("PostgreSQL Documentation", 14.3, and ``simplify_EXISTS_query`` in its source).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

_nothing = sa.literal_column("0", sa.Integer)


def constant(value: str) -> sa.ColumnElement[str]:
    """A state, written out: as a parameter it would not match the condition of a partial index."""
    return sa.literal_column(f"'{value}'", sa.Text)


def state_in(status: sa.ColumnElement[str], states: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether a row that is found by its key is in one of these states."""
    return status.concat(sa.literal_column("''")).in_([constant(state) for state in states])


def is_any_set(*columns: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether one of the columns of a row that is found by its key is not NULL."""
    return sa.case((sa.and_(*(column.is_(None) for column in columns)), sa.false()), else_=sa.true())


def is_reached(moment: sa.ColumnElement[Any], now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether there is a ``moment`` in a row that is found by its key, and it is not after ``now``."""
    return sa.case((moment.is_(None), sa.false()), else_=moment <= now)


def is_key_of(value: sa.ColumnElement[int], key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether ``value`` is the ``key`` of a row, in a prepared statement that changes or joins such rows.

    Two columns that are equal are in the same order, so that the planner may read a table of a few rows from end to end
    along an index; of an element of an array it concludes no order, and looks the key up.
    """
    return key == sa.any_(postgresql.array([value]))


def as_value(key: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """A key to compare with in a row that is found by another one: no index on it can be used."""
    return key + _nothing


def looked_up(key: sa.ColumnElement[int], value: sa.ColumnElement[int], name: str) -> sa.FromClause:
    """The row of a table whose primary ``key`` is ``value``, a column of a row before it."""
    table = key.table
    return sa.select(*table.c).where(key == value).offset(_nothing).lateral(name)


def any_row(*conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    """A query for rows like that, to be joined, correlated and asked with ``.exists()``: for each row anew."""
    return sa.select(sa.literal_column("1", sa.Integer)).where(*conditions).offset(_nothing)
