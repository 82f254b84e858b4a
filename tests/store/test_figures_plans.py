"""No figure grows with history: 60,000 tasks have ended, and of each table a bounded number of rows is read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import Final

import pytest
import sqlalchemy as sa

from flask_tasker.store.database import Database, engine_beside
from flask_tasker.store.figures import Figures, Owners, figures
from flask_tasker.store.figures.states import TASKS
from flask_tasker.store.figures.throughput import CHANGES, CHANGES_OF_SOME
from tests.reliability.test_hot_plans import costs_on
from tests.store.plans import GROWING, heard_on
from tests.unhurried import unhurried
from tests.web.rows import Rows, StepRow

FINISHED: Final = 60_000
OF_THE_SMALL: Final = 20
"""The oldest tasks are of a tenant who has no others."""
GROWN: Final = f"""
INSERT INTO tasker_tasks (named_task_id, status, context, initiator, source_system, tags, bypass_steps, identity_hash,
                          identity_minute, requested_at, created_at, updated_at, completed_at, owner)
SELECT 1, 'complete', '{{}}', 'x', 'x', '[]', '[]', number::text, now(), now(), now(), now(), now(),
       CASE WHEN number <= {OF_THE_SMALL} THEN 'small' ELSE 'large' END
FROM generate_series(1, {FINISHED}) number;
INSERT INTO tasker_workflow_steps (task_id, named_step_id, name, map_index, status, attempts, retry_limit, retryable,
                                   skippable, processed_at, last_attempted_at, created_at, updated_at)
SELECT task_id, 1, 'only', 0, 'complete', 1, 3, true, false, now(), now(), now(), now()
FROM tasker_tasks WHERE initiator = 'x' ORDER BY task_id;
INSERT INTO tasker_task_transitions (task_id, from_status, to_status, actor, created_at)
SELECT task_id, source, target, 'x', now()
FROM tasker_tasks, (VALUES ('pending', 'in_progress'), ('in_progress', 'complete')) step (source, target)
WHERE initiator = 'x' ORDER BY task_id, source DESC;
INSERT INTO tasker_workflow_step_transitions
    (workflow_step_id, from_status, to_status, attempt, lease_token, actor, created_at, error)
SELECT workflow_step_id, source, target, 1, md5(workflow_step_id::text)::uuid, 'x', now(), told
FROM tasker_workflow_steps, (VALUES ('pending', 'in_progress', null), ('in_progress', 'error', 'E: away'))
    step (source, target, told)
WHERE status = 'complete' ORDER BY workflow_step_id, source DESC;
"""


class Analyzed(StrEnum):
    """What the planner was told of, by nobody but the test."""

    NOTHING = "nothing"
    YOUNG = "the tables with a single task, before they grew"
    GROWING = "the tables while the history was not yet committed, as autovacuum may: no row seems to be there"
    GROWN = "all of it"


@pytest.fixture(params=Analyzed)
def grown(request: pytest.FixtureRequest, postgres_tables: str) -> Iterator[Database]:
    """PostgreSQL, with the history."""
    host = sa.create_engine(postgres_tables)
    database = Database(engine=engine_beside(host))
    with host.begin() as connection:
        for table in sorted(GROWING):
            connection.execute(sa.text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))
    Rows(database.engine).task(steps=[StepRow(name="only")], owner="small")
    if request.param is Analyzed.YOUNG:
        analyze(host)
    with host.begin() as connection:
        connection.execute(sa.text(GROWN))
        if request.param is Analyzed.GROWING:
            analyze(host)
    if request.param is Analyzed.GROWN:
        analyze(host)
    with unhurried(database.engine):
        yield database
    database.engine.dispose()
    host.dispose()


def analyze(host: sa.Engine) -> None:
    with host.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def asked(database: Database, owners: Owners) -> Figures:
    return database.read(partial(figures, clock=database.clock, owners=owners))


def test_a_bounded_number_of_rows_is_read_and_no_table_from_end_to_end(grown: Database) -> None:
    for owners in (None, ["small"], ["large"], ["large", "small"]):
        with costs_on(grown.engine) as costs:
            assert asked(grown, owners).tasks.by_status["complete"] > 0
        assert len(costs) > 5
        assert [cost for cost in costs if cost.rows > CHANGES + 1] == []
        # Twice the changes of tasks and of steps; twice the latest of steps, with steps and tasks; the tasks by state.
        assert sum(cost.rows for cost in costs) <= 4 * CHANGES + 4 * CHANGES_OF_SOME + 2 * TASKS


@pytest.mark.parametrize("grown", [Analyzed.NOTHING], indirect=True)
def test_the_tasks_of_a_small_tenant_are_found_behind_all_of_a_large_one(grown: Database) -> None:
    found = asked(grown, ["small"]).tasks
    assert (found.by_status["complete"], found.by_status["pending"]) == (OF_THE_SMALL, 1)
    assert found.at_least == frozenset()
    everybody = asked(grown, None).tasks
    assert everybody.by_status["complete"] == TASKS
    assert everybody.at_least == {"complete"}


@pytest.mark.parametrize("owners", [None, ["ann"], ["ann", "bob"]])
def test_sqlite_goes_by_keys_from_the_newest_changes_to_their_tasks(sqlite_tables: str, owners: Owners) -> None:
    database = Database(engine=engine_beside(sa.create_engine(sqlite_tables)))
    with heard_on(database.engine) as heard:
        asked(database, owners)
    with database.engine.connect() as connection:
        plans = [
            row.detail
            for statement in heard
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.parameters)
        ]
    database.engine.dispose()
    scanned = [
        plan for plan in plans if plan.startswith("SCAN ") and "USING INDEX ix_tasker_workflow_steps_" not in plan
    ]
    assert {plan.split()[1] for plan in scanned} >= {"tasker_task_transitions", "tasker_workflow_step_transitions"}
    # By their own names, and by those that the statements give them.
    reached = {"tasker_tasks", "other", "task", "tasker_workflow_steps", "step"}
    assert [plan for plan in scanned if plan.split()[1] in reached] == []
