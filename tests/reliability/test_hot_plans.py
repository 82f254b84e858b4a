"""The plans of the hot path: made once, while the tables are young, they serve a backlog as well as a single task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
import sqlalchemy as sa

from flask_tasker import HandlerFactory
from flask_tasker.engine import Catalogue, Runtime, create_task, create_tasks, work
from flask_tasker.engine.backlog import Backlog
from flask_tasker.engine.groups import Groups
from flask_tasker.engine.pace import Pace
from flask_tasker.engine.sweep import Sweep
from flask_tasker.lifecycle import StepMessage
from tests.reliability.lab import lab_on
from tests.reliability.test_hot_path import chain_of, fan_of
from tests.store.plans import blocks_in, rows_in, table_rows_in

BACKLOG: Final = 600
WIDTH: Final = 600
STEPS_OF_THE_WIDE: Final = 5
FEW_ROWS: Final = 60
FEW_BLOCKS: Final = 400
"""Of tables and indexes, with what is written: less than the backlog has."""


EXPLAINED: Final = ("EXECUTE ", "SELECT", "UPDATE", "DELETE", "INSERT", "WITH")
ALONE: Final = ("BEGIN", "ROLLBACK")
IN_A_TRANSACTION: Final = ("SAVEPOINT explained", "ROLLBACK TO SAVEPOINT explained")


@dataclass(frozen=True)
class Cost:
    """What one statement touched."""

    statement: str
    rows: float
    table_rows: float
    blocks: int


@contextmanager
def costs_on(engine: sa.Engine) -> Iterator[list[Cost]]:
    """Explain each statement just before it is run, with the plan that its connection has for it."""
    costs: list[Cost] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if many or not statement.startswith(EXPLAINED):
            return
        begin, undo = ALONE if statement.startswith("EXECUTE ") else IN_A_TRANSACTION
        cursor.execute(begin)
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute(undo)
        costs.append(Cost(statement, rows_in(plan), table_rows_in(plan), blocks_in(plan)))

    sa.event.listen(engine, "before_cursor_execute", explain)
    try:
        yield costs
    finally:
        sa.event.remove(engine, "before_cursor_execute", explain)


@pytest.fixture
def young(postgres_database: str, tasker_handlers: HandlerFactory) -> Iterator[tuple[Runtime, list[StepMessage]]]:
    """A process on tables of which the planner knows nothing, and what it sent."""
    with lab_on(postgres_database, tasker_handlers) as lab, lab.app.app_context():
        lab.execute("ALTER TABLE tasker_workflow_steps SET (autovacuum_enabled = false)")
        lab.execute("ALTER TABLE tasker_tasks SET (autovacuum_enabled = false)")
        sent: list[StepMessage] = []
        yield (
            replace(
                lab.runtime,
                send=sent.extend,
                catalogue=Catalogue(remember=True),
                groups=Groups(),
                pace=Pace(longest_wait=60, longest_chunk=60),
            ),
            sent,
        )


# What is not prepared is planned anew each time: within a minute, autovacuum has told the planner of young tables.
@pytest.mark.parametrize(("prepared", "analyzed"), [(True, False), (True, True), (False, True)])
def test_no_statement_of_a_tasks_life_touches_the_backlog(
    young: tuple[Runtime, list[StepMessage]], prepared: bool, analyzed: bool
) -> None:
    runtime, sent = young
    database = runtime.database
    if not prepared:
        runtime = replace(runtime, database=replace(database, swift=None))
    handlers = [chain_of(4), fan_of(3)]
    for handler in handlers:
        create_task(runtime, handler.request({"number": -1}))
    while sent:
        work(runtime, sent.pop(0))
    if analyzed:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # What autovacuum may do at a moment at which nothing is open: the indexes of open work look empty.
            connection.exec_driver_sql("ANALYZE")
    for handler in handlers:
        create_tasks(runtime, [handler.request({"number": number}) for number in range(BACKLOG)])
    sent.clear()

    engine = database.swift if prepared else database.engine
    assert engine is not None
    with costs_on(engine) as costs:
        for handler in handlers:
            create_task(runtime, handler.request({"number": BACKLOG}))
            while sent:
                work(runtime, sent.pop(0))

    assert len(costs) > 10
    assert [cost for cost in costs if cost.rows > FEW_ROWS or cost.blocks > FEW_BLOCKS] == []


@pytest.mark.parametrize(("prepared", "analyzed"), [(True, False), (True, True), (False, True)])
def test_no_statement_of_a_steps_life_touches_the_other_steps_of_a_wide_task(
    young: tuple[Runtime, list[StepMessage]], prepared: bool, analyzed: bool
) -> None:
    runtime, sent = young
    if not prepared:
        runtime = replace(runtime, database=replace(runtime.database, swift=None))
    small, wide = chain_of(4), fan_of(WIDTH)
    create_task(runtime, small.request({}))
    while sent:
        work(runtime, sent.pop(0))
    if analyzed:
        with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    create_task(runtime, wide.request({}))
    while len(sent) != WIDTH // 2:
        work(runtime, sent.pop(0))
    sent = sent[:STEPS_OF_THE_WIDE]

    engine = runtime.database.swift if prepared else runtime.database.engine
    assert engine is not None
    with costs_on(engine) as costs:
        for message in sent:
            work(runtime, message)

    assert len(costs) >= STEPS_OF_THE_WIDE
    assert [cost for cost in costs if cost.rows > FEW_ROWS or cost.blocks > FEW_BLOCKS] == []


@pytest.mark.parametrize("analyzed", [False, True])
def test_what_an_idle_worker_asks_touches_no_task_that_has_ended(
    young: tuple[Runtime, list[StepMessage]], analyzed: bool
) -> None:
    runtime, sent = young
    handler = chain_of(2)
    create_tasks(runtime, [handler.request({"number": number}) for number in range(BACKLOG)])
    while sent:
        work(runtime, sent.pop(0))
    if analyzed:
        with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    create_task(runtime, handler.request({"number": BACKLOG}))

    backlog, sweep = Backlog(runtime), Sweep(runtime)
    with costs_on(runtime.database.engine) as costs:
        assert backlog.next() is not None
        sweep.reclaim()
        sweep.mend_page()

    assert len(costs) > 3
    # Entries of an index that point at nothing any more are passed over until a VACUUM; they are not counted.
    assert [cost for cost in costs if cost.table_rows > FEW_ROWS] == []
