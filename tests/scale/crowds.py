"""Very many tasks at once, copied in SQL from one that was really created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from flask_tasker.models import Task, WorkflowStep
from flask_tasker.store.tables import table_of


def multiply(engine: sa.Engine, task_id: int, *, copies: int) -> None:
    """Copy a task and its steps, which have no edges, so many times; the copies' steps became due in their order."""
    tasks, steps = table_of(Task), table_of(WorkflowStep)
    number = sa.func.generate_series(1, copies).table_valued("number").render_derived()
    new = tasks.alias("new")
    of_each = {"identity_hash": sa.func.concat(task_id, "-", number.c.number)}
    moment = steps.c.next_attempt_at + new.c.task_id * sa.text("interval '1 microsecond'")
    with engine.begin() as connection:
        connection.execute(_copied(tasks, of_each, sa.join(tasks, number, sa.true()), tasks.c.task_id == task_id))
        # In the order of time and key, as tasks come in.
        copied = _copied(
            steps,
            {"task_id": new.c.task_id, "next_attempt_at": moment},
            sa.join(steps, new, new.c.task_id > task_id),
            steps.c.task_id == task_id,
        )
        connection.execute(copied)
    analyze(engine)


def analyze(engine: sa.Engine) -> None:
    """Tell the planner how much there is, as autovacuum does within a minute."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def _copied(
    table: sa.Table, changed: Mapping[str, Any], source: sa.FromClause, *conditions: sa.ColumnElement[bool]
) -> sa.Insert:
    kept = {column.name: column for column in table.columns if not column.primary_key}
    values = {**kept, **changed}
    rows = sa.select(*values.values()).select_from(source).where(*conditions)
    return table.insert().from_select(list(values), rows)
