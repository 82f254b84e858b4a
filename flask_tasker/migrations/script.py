"""The steps as text, for people to read before they run: SQL of one database, or Python for a revision."""

from __future__ import annotations

import io
from collections.abc import Iterator
from difflib import SequenceMatcher
from textwrap import indent
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import UpgradeOps
from alembic.runtime.migration import MigrationContext

from .versions import DIALECTS, downgrade, upgrade


def sql_script(dialect: sa.Dialect, *, since: int, to: int) -> str:
    """The SQL that takes the tables of such a database from version ``since`` to ``to``; nothing is connected to."""
    text = io.StringIO()
    context = MigrationContext.configure(
        dialect=dialect, opts={"as_sql": True, "output_buffer": text, "literal_binds": True}
    )
    with context.begin_transaction():
        _move(Operations(context), since=since, to=to)
    return text.getvalue()


def python_script(*, since: int, to: int) -> str:
    """The body of a revision that does the same with Alembic's operations alone, for either database.

    Rendered by Alembic itself, as ``flask db migrate`` renders: a host that develops on SQLite and runs on PostgreSQL
    has one revision for both, which SQL text would not be.
    """
    postgresql, sqlite = (_written(dialect, since=since, to=to) for dialect in DIALECTS)
    return "\n".join(_joined(postgresql, sqlite)).lstrip()


def _joined(postgresql: list[str], sqlite: list[str]) -> Iterator[str]:
    """What both do, and under a condition what one of them does."""
    for kind, p_from, p_to, s_from, s_to in SequenceMatcher(None, postgresql, sqlite, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from postgresql[p_from:p_to]
            continue
        yield from _only("postgresql", postgresql[p_from:p_to])
        yield from _only("sqlite", sqlite[s_from:s_to])


def _only(dialect: str, operations: list[str]) -> Iterator[str]:
    if operations:
        yield f'    if op.get_context().dialect.name == "{dialect}":'
        yield from (indent(operation, "    ") for operation in operations)


def _written(dialect: str, *, since: int, to: int) -> list[str]:
    """Each operation as Python, with types as PostgreSQL has them: they are those of both."""
    recorder = _Recorder(MigrationContext.configure(dialect_name=dialect))
    _move(recorder, since=since, to=to)
    context = MigrationContext.configure(dialect_name="postgresql")
    return [_rendered(operation, context) for operation in recorder.recorded]


def _rendered(operation: MigrateOperation, context: MigrationContext) -> str:
    code = render_python_code(UpgradeOps([operation]), migration_context=context)
    return "\n".join(line for line in code.splitlines() if not line.lstrip().startswith("# ###"))


def _move(op: Operations, *, since: int, to: int) -> None:
    (upgrade if to >= since else downgrade)(op, since=since, to=to)


class _Recorder(Operations):
    """Keeps what is asked for and does none of it."""

    def __init__(self, migration_context: MigrationContext) -> None:
        super().__init__(migration_context)
        self.recorded: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> Any:
        self.recorded.append(operation)
