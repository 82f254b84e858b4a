"""A UNIQUE constraint whose index grows at its end."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler


class TimeFirst(sa.UniqueConstraint):
    """Over columns of which the last is a time: PostgreSQL has them in reverse.

    A hash in front scatters new rows over the whole index, and the first change of a page after a checkpoint writes all
    of it to PostgreSQL's log: with a million tasks that is some 6 kB a task. With the time in front they share a page.

    SQLite keeps the order as given: it cannot change the constraint of a table that is there.
    """


@compiles(TimeFirst, "postgresql")
def _reversed(constraint: TimeFirst, compiler: DDLCompiler, **_options: Any) -> str:
    quote = compiler.preparer
    columns = ", ".join(quote.quote(column.name) for column in reversed(list(constraint.columns)))
    return f"CONSTRAINT {quote.format_constraint(constraint)} UNIQUE ({columns})"
