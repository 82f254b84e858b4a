"""The sweep's questions, a page at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flask_tasker import HandlerFactory, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.backlog import PAGE, Backlog
from flask_tasker.store.clock import FixedClock
from flask_tasker.store.database import Database
from flask_tasker.store.sweeping import due_steps, ended_leases, missed_children, next_due_in, open_tasks, stalled_tasks
from tests.host.shop import shop_on
from tests.web.rows import COMPLETE, LEASED, NOW, Rows, StepRow

DUE = {"next_attempt_at": NOW}


@pytest.fixture
def database(database: Database) -> Database:
    """The database at the moment of the rows."""
    return database.at(FixedClock(NOW))


def waiting(rows: Rows, name: str, count: int, **columns: object) -> list[int]:
    """So many tasks with one step that is due; their step ids."""
    ids = []
    for _ in range(count):
        task_id = rows.task(name=name, steps=[StepRow(name="only", columns=DUE | columns)])
        ids.append(rows.step_ids(task_id)["only"])
    return ids


def test_due_steps_come_the_longest_waiting_first(database: Database, rows: Rows) -> None:
    late, early = (NOW - timedelta(seconds=seconds) for seconds in (1, 9))
    second = waiting(rows, "copy", 2, next_attempt_at=late)
    first = waiting(rows, "copy", 1, next_attempt_at=early)
    waiting(rows, "copy", 1, next_attempt_at=NOW + timedelta(milliseconds=1))
    found = database.read(lambda connection: due_steps(connection, database.clock, known=[1], limit=10))
    assert [step.step_id for step in found] == first + second


def test_due_steps_may_have_to_have_waited(database: Database, rows: Rows) -> None:
    waiting(rows, "copy", 1, next_attempt_at=NOW - timedelta(milliseconds=2_999))
    long = waiting(rows, "copy", 1, next_attempt_at=NOW - timedelta(seconds=3))
    found = database.read(lambda connection: due_steps(connection, database.clock, known=[1], limit=10, waited=3.0))
    assert [step.step_id for step in found] == long


def test_due_steps_of_unknown_kinds_are_passed_over(database: Database, rows: Rows) -> None:
    waiting(rows, "other", 5)
    mine = waiting(rows, "copy", 2)
    found = database.read(lambda connection: due_steps(connection, database.clock, known=[2], limit=2))
    assert [step.step_id for step in found] == mine


def test_due_steps_are_paged_in_the_order_of_their_time_and_key(database: Database, rows: Rows) -> None:
    expected = waiting(rows, "copy", 5)
    found: list[int] = []
    after = None
    for _ in range(3):
        page = database.read(
            lambda connection, after=after: due_steps(connection, database.clock, known=[1], limit=2, after=after)  # type: ignore[misc]
        )
        found += [step.step_id for step in page]
        after = (page[-1].due_at, page[-1].step_id)
    assert found == expected


def test_steps_that_only_another_version_knows_do_not_hide_those_behind_them(tables_url: str) -> None:
    factory = HandlerFactory()

    @task_handler("copy", namespace="shop", version="1.2.0", factory=factory)
    class Copy(TaskHandler):
        @step
        def known(self, run: StepRun) -> None:
            return None

    with shop_on(tables_url, handlers=factory) as shop:
        rows = Rows(shop.state.runtime.database.engine)
        steps = [StepRow(name=f"unknown-{number}", columns=DUE) for number in range(2 * PAGE + 1)]
        task_id = rows.task(steps=[*steps, StepRow(name="known", columns=DUE)])
        backlog = Backlog(shop.state.runtime)
        message = backlog.next()
        assert message is not None
        assert [ref.step_id for ref in message.steps] == [rows.step_ids(task_id)["known"]]


def test_the_next_due_step_is_so_many_seconds_away(database: Database, rows: Rows) -> None:
    assert database.read(lambda connection: next_due_in(connection, database.clock)) is None
    waiting(rows, "copy", 1, next_attempt_at=NOW + timedelta(seconds=90))
    assert database.read(lambda connection: next_due_in(connection, database.clock)) == pytest.approx(90)


def test_ended_leases_come_the_longest_ended_first(database: Database, rows: Rows) -> None:
    ends = [timedelta(seconds=seconds) for seconds in (-1, -9, 0, 1)]
    tasks = [rows.task(steps=[StepRow(name="only", columns=LEASED | {"leased_until": NOW + end})]) for end in ends]
    found = database.read(lambda connection: ended_leases(connection, database.clock, limit=10))
    assert [lease.task_id for lease in found] == [tasks[1], tasks[0], tasks[2]]
    assert {lease.handler for lease in found} == {("shop", "copy", "1.2.0")}
    assert found[0].token == LEASED["lease_token"]


def missed(rows: Rows) -> tuple[int, int]:
    task_id = rows.task(
        status="in_progress",
        steps=[StepRow(name="parent", columns=COMPLETE), StepRow(name="child", parents=["parent"])],
    )
    return task_id, rows.step_ids(task_id)["child"]


def blocked(rows: Rows) -> int:
    return rows.task(steps=[StepRow(name="parent", columns=DUE), StepRow(name="child", parents=["parent"])])


def test_open_tasks_are_paged_through_by_their_keys(database: Database, rows: Rows) -> None:
    tasks = [blocked(rows) for _ in range(3)]
    rows.task(status="complete", completed_at=NOW, steps=[StepRow(name="only", columns=COMPLETE)])
    first = database.read(lambda connection: open_tasks(connection, after=0, limit=2))
    assert first == tasks[:2]
    assert database.read(lambda connection: open_tasks(connection, after=first[-1], limit=2)) == tasks[2:]


def test_missed_children_are_those_of_the_tasks_asked_about(database: Database, rows: Rows) -> None:
    one, other = missed(rows), missed(rows)
    waits = blocked(rows)
    asked = [one[0], other[0], waits]
    assert database.read(lambda connection: missed_children(connection, asked)) == [one, other]
    assert database.read(lambda connection: missed_children(connection, [other[0]])) == [other]
    assert database.read(lambda connection: missed_children(connection, [waits])) == []


@pytest.mark.parametrize("columns", [DUE, LEASED, {"status": "error", "next_attempt_at": NOW + timedelta(days=1)}])
def test_a_task_in_which_something_can_run_is_not_stalled(
    database: Database, rows: Rows, columns: dict[str, object]
) -> None:
    task_id = rows.task(status="in_progress", steps=[StepRow(name="only", columns=columns)])
    assert database.read(lambda connection: stalled_tasks(connection, [task_id])) == []


@pytest.mark.parametrize("columns", [{"status": "error"}, {"status": "cancelled"}, COMPLETE])
def test_a_task_in_which_nothing_can_run_is_stalled(database: Database, rows: Rows, columns: dict[str, object]) -> None:
    task_id = rows.task(status="in_progress", steps=[StepRow(name="only", columns=columns)])
    assert database.read(lambda connection: stalled_tasks(connection, [task_id])) == [task_id]
