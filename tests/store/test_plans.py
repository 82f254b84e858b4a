"""No statement of the engine's grows with history: 20,000 finished steps are there, and none of them is looked at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa

from flask_tasker.engine import Runtime, Sweep, create_task, create_task_once, drain, work
from flask_tasker.engine.backlog import Backlog
from flask_tasker.lifecycle import StepMessage, StepRef, TaskStatus
from flask_tasker.store.claims import Lease, claim_steps
from flask_tasker.store.leases import renew_leases
from flask_tasker.store.purging import purge_batch
from flask_tasker.store.sweeping import due_steps, ended_leases, next_due_in, open_tasks
from tests.host.shop import Shop, an_order, shop_on
from tests.store.plans import HISTORY, Statement, heard_on, indexes_of, scans_of

OPEN_TASKS = 40
FEW_ROWS = 10 * OPEN_TASKS
"""Far more than any statement needs for the open work, and far less than there is history."""


@pytest.fixture
def shop(postgres_tables: str) -> Iterator[Shop]:
    """Forty open tasks among the history; the planner knows how much there is."""
    with shop_on(postgres_tables) as shop:
        for number in range(OPEN_TASKS):
            shop.create(number)
        with shop.db.engine.begin() as connection:
            connection.execute(sa.text(HISTORY))
        analyze(shop)
        yield shop


def analyze(shop: Shop) -> None:
    with shop.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def assert_light(engine: sa.Engine, heard: list[Statement]) -> None:
    """No statement reads a table that grows from end to end, nor goes through more rows than the open work has."""
    heavy = {
        (statement.text, scan)
        for statement in heard
        for scan in scans_of(engine, statement)
        if scan.kind == "Seq Scan" or scan.rows > FEW_ROWS
    }
    assert heavy == set()
    assert heard != []


def test_the_whole_life_of_a_task_looks_at_open_work_only(shop: Shop) -> None:
    runtime = shop.state.runtime
    with heard_on(runtime.database.engine) as heard:
        shop.sent.messages.clear()
        create_task(runtime, an_order(1_000))
        assert work(runtime, shop.sent.messages[0]) == 2
    assert_light(runtime.database.engine, heard)


def test_a_sweep_looks_at_open_work_only(shop: Shop) -> None:
    runtime = shop.state.runtime
    with heard_on(runtime.database.engine) as heard:
        assert Sweep(runtime)() == 0
    assert_light(runtime.database.engine, heard)


def test_working_off_the_backlog_looks_at_open_work_only(shop: Shop) -> None:
    runtime = shop.state.runtime
    with heard_on(runtime.database.engine) as heard:
        assert drain(runtime) == 2 * OPEN_TASKS
    assert_light(runtime.database.engine, heard[:: max(1, len(heard) // 60)])


def test_an_empty_backlog_and_a_sweep_of_nothing_look_at_nothing(shop: Shop) -> None:
    runtime = shop.state.runtime
    drain(runtime)
    analyze(shop)
    with heard_on(runtime.database.engine) as heard:
        assert Backlog(runtime).next() is None
        assert Sweep(runtime)() == 0
    assert_light(runtime.database.engine, heard)


def test_a_heartbeat_looks_at_the_leases_that_it_renews(shop: Shop) -> None:
    runtime = shop.state.runtime
    held = [(ref.step_id, claim(runtime, message.task_id, ref.step_id)) for message, ref in first_steps(shop)]
    with heard_on(runtime.database.engine) as heard:
        renewed = runtime.database.transaction(
            lambda connection: renew_leases(connection, runtime.database.clock, held=held, seconds=30)
        )
    assert len(renewed) == OPEN_TASKS
    assert_light(runtime.database.engine, heard)


def first_steps(shop: Shop) -> list[tuple[StepMessage, StepRef]]:
    return [(message, message.steps[0]) for message in shop.sent.messages]


def claim(runtime: Runtime, task_id: int, step_id: int) -> uuid.UUID:
    lease = Lease(worker="w", token=uuid.uuid4(), seconds=30)
    claimed = runtime.database.transaction(
        lambda connection: claim_steps(
            connection, runtime.database.clock, task_id=task_id, step_ids=[step_id], lease=lease
        )
    )
    return claimed[0].token


def test_a_batch_of_a_purge_looks_at_no_more_tasks_than_it_takes(shop: Shop) -> None:
    database = shop.state.runtime.database
    purge = partial(purge_batch, clock=database.clock, status=TaskStatus.COMPLETE, older_than=-60, after=0, limit=5)
    with heard_on(database.engine) as heard:
        assert database.transaction(purge).deleted == 5
    assert_light(database.engine, heard)


def test_a_key_is_found_by_its_hash(shop: Shop) -> None:
    runtime = shop.state.runtime
    create_task_once(runtime, an_order(2_000), key="k")
    found = indexes_of(runtime.database.engine, lambda: create_task_once(runtime, an_order(2_000), key="k"))
    assert "pk_tasker_idempotency_keys" in found


def test_each_question_of_the_sweep_goes_by_its_partial_index(shop: Shop) -> None:
    database = shop.state.runtime.database
    for message, ref in first_steps(shop)[:5]:
        claim(shop.state.runtime, message.task_id, ref.step_id)
    analyze(shop)
    clock, engine = database.clock, database.engine
    questions = {
        "ix_tasker_workflow_steps_due": lambda c: due_steps(c, clock, known=[1], limit=5),
        "ix_tasker_workflow_steps_leased": lambda c: ended_leases(c, clock, limit=5),
        "ix_tasker_tasks_open": lambda c: open_tasks(c, after=0, limit=5),
    }
    for index, question in questions.items():
        assert index in indexes_of(engine, lambda question=question: database.read(question))  # type: ignore[misc]
    assert indexes_of(engine, lambda: database.read(lambda c: next_due_in(c, clock))) == {
        "ix_tasker_workflow_steps_due"
    }
