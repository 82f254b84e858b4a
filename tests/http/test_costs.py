"""What calls cost the database: so many statements, whatever the size of the page, and however deep it lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker.engine import Catalogue
from flask_tasker.models import AnnotationType, Task, TaskAnnotation, WorkflowStep
from flask_tasker.store.reading import Page, Position, TaskFilter, list_tasks
from tests.http.conftest import Desk
from tests.store.plans import Statement, heard_on, scans_of, table_rows_in

PAGE = 100
TASKS = 600


@contextmanager
def statements_of(desk: Desk) -> Iterator[list[str]]:
    """Collect what the engine's two ways to the database run meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    database = desk.app.extensions["tasker"].runtime.database
    engines = [engine for engine in (database.engine, database.swift) if engine is not None]
    for engine in engines:
        sa.event.listen(engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            sa.event.remove(engine, "after_cursor_execute", note)


def test_a_list_of_100_tasks_takes_four_statements(desk: Desk) -> None:
    desk.start_many(PAGE + 1)

    with statements_of(desk) as seen:
        status, answer = desk("GET", f"/tasks?limit={PAGE}")

    assert (status, len(answer["tasks"])) == (200, PAGE)
    assert len(seen) == 4, seen


def test_a_task_is_shown_by_five_statements(desk: Desk) -> None:
    """One more than a list: whose task it is, before anything of it is read."""
    task_id = desk.start()

    with statements_of(desk) as seen:
        desk("GET", f"/tasks/{task_id}")

    assert len(seen) == 5, seen


def test_a_task_is_started_and_shown_by_a_few_statements(desk: Desk) -> None:
    state = desk.app.extensions["tasker"]
    # As outside of tests: what kinds of tasks there are is remembered.
    state._runtime = replace(state.runtime, catalogue=Catalogue(remember=True))
    desk.start()

    with statements_of(desk) as seen:
        desk.start()

    # On PostgreSQL one statement writes all of it, on SQLite one a table, with the key of its kind asked first.
    assert len(seen) - 4 <= (1 if desk.is_postgresql else 6), seen


def test_a_thousand_tasks_are_cancelled_by_a_few_statements_a_hundred(desk: Desk) -> None:
    desk.start_many(1_000, tag="many")

    with statements_of(desk) as seen:
        status, answer = desk("POST", "/tasks/bulk", {"action": "cancel", "filters": {"tag": "many"}})

    assert (status, answer["count"]) == (200, 1_000)
    assert len(seen) <= 1 + 10 * 6, seen


@pytest.mark.parametrize("sort_by", ["task_id", "requested_at"])
def test_a_deep_page_touches_as_many_rows_as_the_first(desk: Desk, sort_by: str) -> None:
    if not desk.is_postgresql:
        # SQLite has no such count; there, a plan that sorts or scans says so.
        plans = deep_plans(desk, sort_by, prefix="EXPLAIN QUERY PLAN")
        assert not [line for line in plans if "TEMP B-TREE" in line or line.startswith("SCAN tasker_tasks ")], plans
        return
    ids = desk.start_many(TASKS)
    engine = desk.app.extensions["tasker"].runtime.database.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    costs = []
    for place in (0, TASKS // 2):
        with Session(engine) as session:
            task = session.get_one(Task, ids[place])
            page = Page(limit=20, sort_by=sort_by, after=Position(value=getattr(task, sort_by), key=task.task_id))
            costs.append(rows_of_first_statement(session, page))

    assert costs[1] <= costs[0] + 20, costs
    assert max(costs) < 200, costs


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
UNKNOWN_TO_SQLITE = {"reason", "annotation_type", "annotation_key"}
"""Filters that no index of SQLite's goes by: it has none of words or of what JSON says."""
A_DAY = {"requested_after": LONG_AGO, "requested_before": LONG_AGO + timedelta(days=1)}


@pytest.mark.parametrize(
    "filters",
    [
        {"initiator": "ann"},
        {"source_system": "till"},
        {"name": "refused"},
        {"namespace": "default"},
        {"reason": "WRONG pri"},
        {"annotation_type": "ledger"},
        {"annotation_key": "page"},
        {"annotation_key": "page", "annotation_value": "7"},
        A_DAY,
    ],
    ids=str,
)
def test_the_oldest_task_is_found_without_a_look_at_those_after_it(desk: Desk, filters: dict[str, Any]) -> None:
    engine = desk.app.extensions["tasker"].runtime.database.engine
    oldest(desk, engine)
    annotate(engine, desk.start_many(TASKS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")

    with Session(engine) as session, heard_on(engine) as heard:
        which = TaskFilter(**filters)
        assert len(list_tasks(session, which.ordered(Page(limit=20)), which).tasks) == 1

    if desk.is_postgresql:
        scans = [scan for one in heard for scan in scans_of(engine, one)]
        read = [scan for scan in scans if scan.table in ("tasker_tasks", "tasker_task_annotations")]
        assert sum(scan.rows for scan in read) <= 5, read
    else:
        with engine.connect() as connection:
            told = [row[3] for one in heard for row in _sqlite_plan(connection, one)]
        assert filters.keys() & UNKNOWN_TO_SQLITE or not [line for line in told if line.startswith("SCAN tasker_tasks")]


def test_the_planner_knows_which_type_of_annotation_a_list_is_of(desk: Desk) -> None:
    engine = desk.app.extensions["tasker"].runtime.database.engine
    annotate(engine, desk.start_many(3))

    with Session(engine) as session, heard_on(engine) as heard:
        assert list_tasks(session, Page(limit=20), TaskFilter(annotation_type="nothing")).tasks == []
        assert len(list_tasks(session, Page(limit=20), TaskFilter(annotation_type="other")).tasks) == 3

    # Of a type that the statement itself has to find, it takes every task for one that has it where all others are of
    # one type: a list of a type that nothing has looked at each task of a million.
    pages = [one.text for one in heard if "FROM tasker_tasks" in one.text]
    assert len(pages) == 2
    assert [text for text in pages if "tasker_annotation_types" in text] == []


def oldest(desk: Desk, engine: sa.Engine) -> None:
    """A task unlike those that come after it, with a note."""
    task_id = desk.start("refused", initiator="ann", source_system="till", reason="The wrong price")
    with engine.begin() as connection:
        connection.execute(sa.update(Task).values(requested_at=LONG_AGO))
        named = sa.insert(AnnotationType).values(name="ledger", created_at=LONG_AGO)
        step_id = connection.scalar(sa.select(sa.func.min(WorkflowStep.workflow_step_id)))
        keys = {
            "task_id": task_id,
            "workflow_step_id": step_id,
            "annotation_type_id": connection.scalar(named.returning(AnnotationType.annotation_type_id)),
        }
        note = sa.insert(TaskAnnotation).values(annotation={"page": 7}, created_at=LONG_AGO, updated_at=LONG_AGO)
        connection.execute(note.values(keys))


def annotate(engine: sa.Engine, task_ids: Sequence[int]) -> None:
    """A note of another kind on each of these."""
    step = sa.func.min(WorkflowStep.workflow_step_id)
    first = (
        sa.select(WorkflowStep.task_id, step).where(WorkflowStep.task_id.in_(task_ids)).group_by(WorkflowStep.task_id)
    )
    with engine.begin() as connection:
        named = sa.insert(AnnotationType).values(name="other", created_at=LONG_AGO)
        kind = connection.scalar(named.returning(AnnotationType.annotation_type_id))
        notes = [
            {
                "task_id": task_id,
                "workflow_step_id": step_id,
                "annotation_type_id": kind,
                "annotation": {"line": step_id},
            }
            for task_id, step_id in connection.execute(first)
        ]
        connection.execute(sa.insert(TaskAnnotation).values(created_at=LONG_AGO, updated_at=LONG_AGO), notes)


def _sqlite_plan(connection: sa.Connection, statement: Statement) -> list[Any]:
    return list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.parameters))


def rows_of_first_statement(session: Session, page: Page) -> float:
    """How many rows of tables the page's own statement reads."""
    plans: list[Any] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if not plans:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            plans.append(cursor.fetchone()[0][0]["Plan"])

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", explain)
    try:
        assert len(list_tasks(session, page).tasks) == page.limit
    finally:
        sa.event.remove(engine, "before_cursor_execute", explain)
    return table_rows_in(plans[0])


def deep_plans(desk: Desk, sort_by: str, *, prefix: str) -> list[str]:
    """What SQLite says of the page's own statement."""
    ids = desk.start_many(50)
    engine = desk.app.extensions["tasker"].runtime.database.engine
    told: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if not told and statement.startswith("SELECT"):
            cursor.execute(f"{prefix} {statement}", parameters)
            told.extend(str(row[3]) for row in cursor.fetchall())

    with Session(engine) as session:
        task = session.get_one(Task, ids[20])
        page = Page(limit=20, sort_by=sort_by, after=Position(value=getattr(task, sort_by), key=task.task_id))
        sa.event.listen(engine, "before_cursor_execute", explain)
        try:
            assert len(list_tasks(session, page).tasks) == page.limit
        finally:
            sa.event.remove(engine, "before_cursor_execute", explain)
    assert told
    return told
