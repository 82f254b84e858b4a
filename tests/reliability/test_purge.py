"""Purging finished tasks: all of their rows, in small batches, and nothing that is still wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flask_tasker import Annotation, ConfigurationError, StepRun, StepSequence, TaskHandler, step, task_handler
from flask_tasker.engine import Purged, Runtime, create_task_once, purge
from flask_tasker.engine.purge import DEFAULT_STATUSES
from flask_tasker.lifecycle import TaskStatus
from flask_tasker.models import Base, IdempotencyKey, Task
from flask_tasker.store.clock import FixedClock
from tests.reliability.lab import Lab
from tests.reliability.shapes import chain, failing

DAY = 86_400.0
OF_TASKS = (
    "tasker_tasks",
    "tasker_workflow_steps",
    "tasker_workflow_step_edges",
    "tasker_task_transitions",
    "tasker_workflow_step_transitions",
    "tasker_task_annotations",
)


@task_handler("noted")
class Noted(TaskHandler):
    """Leaves rows in every table."""

    @step
    def one(self, run: StepRun) -> int:
        """The first."""
        return 1

    @step(depends_on=one)
    def two(self, run: StepRun) -> int:
        """The second."""
        return 2

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        """One note a step."""
        yield Annotation("note", {"seen": True})


@pytest.fixture(autouse=True)
def _noted_is_known(tasker_handlers: object, lab: Lab) -> None:
    lab.runtime.handlers.register(Noted.definition)


def age(lab: Lab, *task_ids: int) -> None:
    """Let tasks have been left alone for a long time."""
    long_ago = "'2001-01-01 00:00:00.000'" if lab.runtime.database.is_sqlite else "'2001-01-01 00:00:00+00'"
    for task_id in task_ids:
        lab.execute(f"UPDATE tasker_tasks SET updated_at = {long_ago} WHERE task_id = :task", task=task_id)


def tasks_in(lab: Lab) -> list[int]:
    """The tasks that are left."""
    with lab.engine.connect() as connection:
        return list(connection.scalars(sa.select(Task.task_id).order_by(Task.task_id)))


def rows_in(lab: Lab) -> dict[str, int]:
    """How many rows the tables of tasks have."""
    tables = Base.metadata.tables
    with lab.engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(tables[name])).scalar_one()
            for name in OF_TASKS
        }


def test_an_old_finished_task_goes_with_all_of_its_rows(lab: Lab) -> None:
    task_id = lab.run(Noted).task_id
    assert all(rows_in(lab).values())
    age(lab, task_id)

    assert purge(lab.runtime, older_than=DAY) == Purged(deleted=1, held=0)
    assert set(rows_in(lab).values()) == {0}


def test_a_finished_task_that_is_young_stays(lab: Lab) -> None:
    task_id = lab.run(Noted).task_id

    assert purge(lab.runtime, older_than=DAY) == Purged(deleted=0, held=0)
    assert tasks_in(lab) == [task_id]


def test_only_complete_and_cancelled_tasks_go_unless_told_otherwise(lab: Lab) -> None:
    complete = lab.run(Noted).task_id
    cancelled, failed, resolved = (lab.start(chain(), failing(one="for good")) for _ in range(3))
    lab.operations.cancel_task(cancelled, actor="ann")
    lab.drain()
    lab.operations.resolve_task(resolved, actor="ann")
    age(lab, complete, cancelled, failed, resolved)

    assert purge(lab.runtime, older_than=DAY).deleted == 2
    assert tasks_in(lab) == [failed, resolved]
    chosen = [TaskStatus.ERROR, TaskStatus.RESOLVED_MANUALLY]
    assert purge(lab.runtime, older_than=DAY, statuses=chosen).deleted == 2
    assert tasks_in(lab) == []


def test_an_open_task_stays_however_old_it_is(lab: Lab) -> None:
    running = lab.start(chain(), failing(two="for now"))
    lab.drain()
    pending = lab.start(Noted)
    age(lab, running, pending)

    assert purge(lab.runtime, older_than=DAY).deleted == 0
    assert tasks_in(lab) == [running, pending]


@pytest.mark.parametrize("status", [TaskStatus.PENDING, TaskStatus.IN_PROGRESS])
def test_asking_for_tasks_that_are_not_finished_is_refused(lab: Lab, status: TaskStatus) -> None:
    with pytest.raises(ConfigurationError, match=f"only finished tasks can be purged, got complete, {status}"):
        purge(lab.runtime, older_than=DAY, statuses=[TaskStatus.COMPLETE, status])


def test_it_goes_in_batches_to_the_end(lab: Lab) -> None:
    task_ids = [lab.run(Noted).task_id for _ in range(7)]
    age(lab, *task_ids)
    commits: list[int] = []
    sa.event.listen(lab.runtime.database.engine, "commit", lambda _connection: commits.append(1))

    assert purge(lab.runtime, older_than=DAY, batch=3).deleted == 7
    assert tasks_in(lab) == []
    complete, cancelled, keys = 4, 1, 1
    assert len(commits) == complete + cancelled + keys


def test_a_task_that_somebody_has_locked_is_skipped(postgres_lab: Lab) -> None:
    lab = postgres_lab
    lab.runtime.handlers.register(Noted.definition)
    task_ids = [lab.run(Noted).task_id for _ in range(3)]
    age(lab, *task_ids)
    with lab.engine.begin() as other:
        other.execute(sa.text("SELECT 1 FROM tasker_tasks WHERE task_id = :task FOR UPDATE"), {"task": task_ids[1]})
        assert purge(lab.runtime, older_than=DAY, batch=1).deleted == 2

    assert tasks_in(lab) == [task_ids[1]]


@pytest.fixture
def holding(request: pytest.FixtureRequest, lab: Lab) -> Iterator[None]:
    """A table of the host's with a foreign key to tasks."""
    # SQLite cannot be told to look at a deferred key at once.
    when = getattr(request, "param", "") if not lab.runtime.database.is_sqlite else ""
    lab.execute(f"CREATE TABLE orders (task_id BIGINT REFERENCES tasker_tasks (task_id) {when})")
    yield
    lab.execute("DROP TABLE orders")


@pytest.mark.usefixtures("holding")
@pytest.mark.parametrize("holding", ["", "DEFERRABLE INITIALLY DEFERRED"], ids=["at once", "deferred"], indirect=True)
def test_tasks_that_a_foreign_key_of_the_hosts_holds_are_left_and_counted(lab: Lab) -> None:
    task_ids = [lab.run(Noted).task_id for _ in range(5)]
    age(lab, *task_ids)
    for held in (task_ids[0], task_ids[3]):
        lab.execute("INSERT INTO orders (task_id) VALUES (:task)", task=held)

    assert purge(lab.runtime, older_than=DAY, batch=4) == Purged(deleted=3, held=2)
    assert tasks_in(lab) == [task_ids[0], task_ids[3]]
    assert rows_in(lab)["tasker_workflow_steps"] == 4


NOON = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)


def at(lab: Lab, moment: datetime) -> Runtime:
    """The engine under a clock that stands still, in an app whose keys stand for an hour."""
    settings = replace(lab.runtime.settings, idempotency_hours=1.0)
    return replace(lab.runtime, database=lab.runtime.database.at(FixedClock(moment)), settings=settings)


def use_key(runtime: Runtime, key: str) -> int:
    """Start a task under a key."""
    return create_task_once(runtime, Noted.request({}), key=key).task_id


def keys_in(lab: Lab) -> list[int | None]:
    """The tasks of the keys that are left."""
    with lab.engine.connect() as connection:
        return list(connection.scalars(sa.select(IdempotencyKey.task_id).order_by(IdempotencyKey.task_id)))


def test_keys_whose_time_is_up_go_and_their_tasks_stay(lab: Lab) -> None:
    task_ids = [use_key(at(lab, NOON + timedelta(minutes=minutes)), f"k-{minutes}") for minutes in (0, 1, 2)]

    assert purge(at(lab, NOON + timedelta(minutes=61)), older_than=DAY) == Purged(deleted=0, held=0, keys=2)
    assert keys_in(lab) == task_ids[2:]
    assert tasks_in(lab) == task_ids


def test_keys_go_in_batches_to_the_end(lab: Lab) -> None:
    for number in range(7):
        use_key(at(lab, NOON), f"k-{number}")
    commits: list[int] = []
    sa.event.listen(lab.runtime.database.engine, "commit", lambda _connection: commits.append(1))

    assert purge(at(lab, NOON + timedelta(hours=1)), older_than=DAY, batch=3).keys == 7
    assert keys_in(lab) == []
    complete, cancelled, keys = 1, 1, 4
    assert len(commits) == complete + cancelled + keys


def test_a_key_that_is_just_taken_again_stays(postgres_lab: Lab) -> None:
    lab = postgres_lab
    lab.runtime.handlers.register(Noted.definition)
    task_ids = [use_key(at(lab, NOON), f"k-{number}") for number in range(3)]
    with lab.engine.begin() as other:
        taken = sa.text("SELECT 1 FROM tasker_idempotency_keys WHERE task_id = :task FOR UPDATE")
        other.execute(taken, {"task": task_ids[1]})
        assert purge(at(lab, NOON + timedelta(hours=1)), older_than=DAY).keys == 2

    assert keys_in(lab) == [task_ids[1]]


def test_the_default_is_what_nobody_has_to_look_at_any_more() -> None:
    assert set(DEFAULT_STATUSES) == {TaskStatus.COMPLETE, TaskStatus.CANCELLED}
