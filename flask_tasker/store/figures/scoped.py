"""Rows that are reached from a bounded number of others, by their keys; and whose tasks they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ...models import Task
from ..by_key import looked_up
from ..tables import table_of

Owners = Collection[str] | None
"""Whose tasks are counted; ``None`` is everybody's."""
LAST_KEY: Final = 2**63 - 1


def beside(
    connection: sa.Connection, rows: sa.FromClause, *, key: sa.Column[int], value: sa.ColumnElement[int], name: str
) -> tuple[sa.FromClause, sa.FromClause]:
    """The row whose primary ``key`` is ``value``, a column of ``rows``; and both joined.

    Each is looked up: a join that the planner is free to turn round may begin with all tasks there have ever been.
    """
    if connection.dialect.name == "postgresql":
        row = looked_up(key, value, name)
        return row, rows.join(row, sa.true())
    alias = key.table.alias(name)
    # SQLite never turns an outer join round; the row is always there.
    return alias, rows.outerjoin(alias, alias.c[key.name] == value)


def in_scope(tasks: sa.FromClause, owners: Owners) -> sa.ColumnElement[bool]:
    """Whether a task is one of theirs."""
    return sa.true() if owners is None else sa.func.coalesce(tasks.c.owner.in_(sorted(owners)), sa.false())


def counted(tasks: sa.FromClause, owners: Owners) -> tuple[sa.ColumnElement[Any], ...]:
    """Of rows that are looked at, beside each: whether its task is ``theirs``, the ``number`` of those, and of all."""
    theirs = in_scope(tasks, owners)
    number = sa.func.sum(sa.case((theirs, 1), else_=0)).over()
    return theirs.label("theirs"), number.label("number"), sa.func.count().over().label("looked_at")


def newest_tasks(
    connection: sa.Connection, column: sa.Column[str], values: Sequence[str], *, limit: int
) -> sa.Select[Any]:
    """Status and kind of the newest ``limit`` tasks of each of these ``values`` of an indexed column."""
    tasks = table_of(Task)
    columns = (tasks.c.status, tasks.c.named_task_id)
    if connection.dialect.name == "postgresql":
        given = sa.literal(list(values), postgresql.ARRAY(sa.Text))
        each = sa.func.unnest(given).table_valued(sa.column("value", sa.Text)).render_derived(name="each_value")
        newest = _newest_with(tasks, tasks.c[column.name], each.c.value, columns, limit).lateral("newest")
        return sa.select(newest).select_from(each.join(newest, sa.true()))
    every = sa.func.json_each(json.dumps(list(values))).table_valued("value", name="each_value")
    other = tasks.alias("other")
    keys = _newest_with(other, other.c[column.name], every.c.value, [other.c.task_id], limit).correlate(every)
    return sa.select(*columns).select_from(every.join(tasks, tasks.c.task_id.in_(keys)))


def _newest_with(
    tasks: sa.FromClause,
    column: sa.ColumnElement[str],
    value: sa.ColumnElement[str],
    columns: Sequence[sa.ColumnElement[Any]],
    limit: int,
) -> sa.Select[Any]:
    # Said as a range, along which they are sorted, there is but one index to go by. Of tasks where the column "= value"
    # the planner may look for the newest among all tasks there are, by their keys.
    key = tasks.c.task_id
    here = sa.tuple_(column, key)
    first, last = sa.tuple_(value, sa.literal_column("0")), sa.tuple_(value, sa.literal_column(str(LAST_KEY)))
    return sa.select(*columns).where(here >= first, here <= last).order_by(column.desc(), key.desc()).limit(limit)
