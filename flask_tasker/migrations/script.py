"""The steps as text, for people to read before they run: SQL of one database, or Python for a revision."""

from __future__ import annotations

import io
from typing import Any, Final

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateUniqueConstraintOp, DropConstraintOp, UpgradeOps
from alembic.runtime.migration import MigrationContext

from .versions import downgrade, upgrade

ON_POSTGRESQL: Final = (DropConstraintOp, CreateUniqueConstraintOp)
"""What SQLite cannot do with a table that is there: no step asks it to."""


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
    recorder = _Recorder(MigrationContext.configure(dialect_name="postgresql"))
    _move(recorder, since=since, to=to)
    return "\n".join(_rendered(operation, recorder.migration_context) for operation in recorder.recorded).lstrip()


def _rendered(operation: MigrateOperation, context: MigrationContext) -> str:
    code = render_python_code(UpgradeOps([operation]), migration_context=context)
    lines = [line for line in code.splitlines() if not line.lstrip().startswith("# ###")]
    if isinstance(operation, ON_POSTGRESQL):
        lines = ['    if op.get_context().dialect.name == "postgresql":', *(f"    {line}" for line in lines)]
    return "\n".join(lines)


def _move(op: Operations, *, since: int, to: int) -> None:
    (upgrade if to >= since else downgrade)(op, since=since, to=to)


class _Recorder(Operations):
    """Keeps what is asked for and does none of it."""

    def __init__(self, migration_context: MigrationContext) -> None:
        super().__init__(migration_context)
        self.recorded: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> Any:
        self.recorded.append(operation)
