"""How PostgreSQL goes about the engine's statements: which rows it touches, and by which index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

FINISHED_TASKS = 2_000
STEPS_OF_EACH = 10

# Finished long ago: tasks of the kind that is open too, their steps in a chain, and two lines of history a step.
HISTORY = f"""
INSERT INTO tasker_tasks (named_task_id, status, context, initiator, source_system, tags, bypass_steps, identity_hash,
                          identity_minute, requested_at, created_at, updated_at, completed_at)
SELECT 1, 'complete', '{{}}', 'x', 'x', '[]', '[]', number::text, now(), now(), now(), now(), now()
FROM generate_series(1, {FINISHED_TASKS}) number;
INSERT INTO tasker_workflow_steps (task_id, named_step_id, name, map_index, status, attempts, retry_limit, retryable,
                                   skippable, processed_at, last_attempted_at, created_at, updated_at)
SELECT task_id, 1, 'step-' || number, 0, 'complete', 1, 3, true, false, now(), now(), now(), now()
FROM tasker_tasks, generate_series(1, {STEPS_OF_EACH}) number WHERE status = 'complete' ORDER BY task_id, number;
INSERT INTO tasker_workflow_step_edges (parent_step_id, child_step_id)
SELECT one.workflow_step_id, two.workflow_step_id
FROM tasker_workflow_steps one JOIN tasker_workflow_steps two
  ON two.task_id = one.task_id AND two.workflow_step_id = one.workflow_step_id + 1
WHERE one.status = 'complete';
INSERT INTO tasker_workflow_step_transitions (workflow_step_id, from_status, to_status, attempt, actor, created_at)
SELECT workflow_step_id, 'pending', status, 1, 'x', now()
FROM tasker_workflow_steps, generate_series(1, 2);
INSERT INTO tasker_task_transitions (task_id, from_status, to_status, actor, created_at)
SELECT task_id, 'pending', status, 'x', now() FROM tasker_tasks, generate_series(1, 2);
"""

GROWING = {
    "tasker_tasks",
    "tasker_workflow_steps",
    "tasker_workflow_step_edges",
    "tasker_workflow_step_transitions",
    "tasker_task_transitions",
    "tasker_task_annotations",
}


@dataclass(frozen=True)
class Statement:
    """A statement as it went to the driver."""

    text: str
    parameters: Any


@dataclass(frozen=True)
class Scan:
    """One access to a table: how, and how many of its rows it went through."""

    kind: str
    table: str
    rows: float


@contextmanager
def heard_on(engine: sa.Engine) -> Iterator[list[Statement]]:
    """Every SELECT, UPDATE and DELETE that goes through ``engine``."""
    heard: list[Statement] = []

    def hear(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not many and statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            heard.append(Statement(statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)


def scans_of(engine: sa.Engine, statement: Statement) -> list[Scan]:
    """How ``statement`` reads the tables that grow; it is run, and rolled back."""
    return [scan for node in _plan_of(engine, statement) if (scan := _scan(node)) is not None]


def blocks_of(engine: sa.Engine, statement: Statement) -> int:
    """How many blocks of tables and indexes ``statement`` looks at; it is run, and rolled back."""
    return blocks_in(_plan_of(engine, statement)[0])


def blocks_in(plan: dict[str, Any]) -> int:
    """How many blocks of tables and indexes an explained statement looked at."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def rows_in(plan: dict[str, Any]) -> float:
    """How many rows of the tables that grow, and entries of bitmaps, an explained statement went through."""
    bitmaps = (node for node in _nodes(plan) if node["Node Type"] == "Bitmap Index Scan")
    return table_rows_in(plan) + sum(float(node["Actual Rows"] * node["Actual Loops"]) for node in bitmaps)


def table_rows_in(plan: dict[str, Any]) -> float:
    """How many rows of the tables that grow an explained statement went through."""
    return sum(scan.rows for node in _nodes(plan) if (scan := _scan(node)) is not None)


def indexes_of(engine: sa.Engine, ask: Callable[[], object]) -> set[str]:
    """The indexes by which the statements of ``ask`` reach their rows."""
    with heard_on(engine) as heard:
        ask()
    nodes = [node for statement in heard for node in _plan_of(engine, statement)]
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def _plan_of(engine: sa.Engine, statement: Statement) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        explained = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}", statement.parameters
        )
        plan = explained.scalar_one()[0]["Plan"]
        connection.rollback()
    return list(_nodes(plan))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _scan(node: dict[str, Any]) -> Scan | None:
    table = node.get("Relation Name")
    if table not in GROWING or node["Node Type"] == "ModifyTable":
        return None
    removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
    rows = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return Scan(node["Node Type"], table, rows)
