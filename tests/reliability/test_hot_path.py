"""How many statements the hot path takes: what is written down here is what the figures rest on.

Each statement of the swift engine is a transaction, and a round trip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import Annotation, HandlerFactory, StepTemplate, TaskHandler, task_handler
from flask_tasker.engine import Catalogue, Runtime, claiming, create_task, create_tasks, work
from flask_tasker.engine.groups import Groups
from flask_tasker.engine.pace import Pace
from flask_tasker.engine.worker import Worker
from flask_tasker.lifecycle import StepMessage
from flask_tasker.models import TaskAnnotation, WorkflowStep
from flask_tasker.store import pinging
from tests.reliability.lab import Lab, lab_on
from tests.reliability.laws import assert_legal


class Nothing:
    """The work of a step that does nothing."""

    def handle(self, task: object, sequence: object, step: Any) -> None:
        """Do nothing, quickly."""
        step.results = {"dummy": True}


def chain_of(length: int, **methods: Any) -> type[TaskHandler[Any]]:
    """A chain."""
    templates = [
        StepTemplate(name=f"s{number}", handler_class=Nothing, depends_on_steps=[f"s{number - 1}"] if number else [])
        for number in range(length)
    ]
    return task_handler("long")(type("Long", (TaskHandler,), {"step_templates": templates, **methods}))


def fan_of(width: int, **methods: Any) -> type[TaskHandler[Any]]:
    """One, many, one."""
    names = [f"b{number}" for number in range(width)]
    templates = [
        StepTemplate(name="a", handler_class=Nothing),
        *(StepTemplate(name=name, handler_class=Nothing, depends_on_step="a") for name in names),
        StepTemplate(name="z", handler_class=Nothing, depends_on_steps=names),
    ]
    return task_handler("wide")(type("Wide", (TaskHandler,), {"step_templates": templates, **methods}))


@dataclass
class Counted:
    """A process, what it sent, and what it asked of the database."""

    lab: Lab
    runtime: Runtime
    sent: list[StepMessage]
    calls: list[str]
    others: list[str]

    def forget(self) -> None:
        """Count from here."""
        self.calls.clear()
        self.others.clear()

    def start(self, handler: type[TaskHandler[Any]], number: int) -> int:
        """Start a task."""
        return create_task(self.runtime, handler.request({"number": number})).task_id

    def work_on_all(self) -> None:
        """Work on what was sent, and on what that leads to."""
        while self.sent:
            work(self.runtime, self.sent.pop(0))

    @property
    def names(self) -> list[str]:
        """The prepared statements that were called, without what they were given."""
        return [call.removeprefix("EXECUTE tasker_").partition("_")[0] for call in self.calls]


@pytest.fixture(params=["psycopg2", "psycopg"])
def counted(
    request: pytest.FixtureRequest, postgres_lab_url: str, tasker_handlers: HandlerFactory
) -> Iterator[Counted]:
    """A process on either driver that remembers the catalogue, as one that serves does."""
    url = sa.make_url(postgres_lab_url).set(drivername=f"postgresql+{request.param}")
    with lab_on(url.render_as_string(hide_password=False), tasker_handlers) as lab, lab.app.app_context():
        sent, calls, others = list[StepMessage](), list[str](), list[str]()
        database = lab.runtime.database
        assert database.swift is not None
        _listen(database.swift, calls)
        _listen(database.engine, others)
        runtime = replace(
            lab.runtime,
            send=sent.extend,
            catalogue=Catalogue(remember=True),
            groups=Groups(),
            # However slow the machine is: what is counted does not depend on it.
            pace=Pace(longest_wait=60, longest_chunk=60),
        )
        yield Counted(lab, runtime, sent, calls, others)
        database.swift.dispose()


def _listen(engine: sa.Engine, into: list[str]) -> None:
    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("PREPARE"):
            into.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)


def test_a_task_is_started_by_one_statement(counted: Counted) -> None:
    handler = chain_of(10)
    counted.start(handler, 1)
    counted.forget()

    counted.start(handler, 2)

    assert (len(counted.calls), counted.others) == (1, [])


def test_a_chain_of_ten_takes_eleven_statements(counted: Counted) -> None:
    """One to claim the first step, and one for each step that records it and claims the next."""
    task_id = counted.start(chain_of(10), 1)
    counted.forget()

    counted.work_on_all()

    assert (len(counted.calls), counted.others) == (11, [])
    task = counted.lab.task(task_id)
    assert task.status == "complete"
    assert_legal(task)


def test_a_step_with_an_annotation_takes_no_statement_more(counted: Counted) -> None:
    def note_each(_handler: object, _task: object, _sequence: object, steps: Sequence[Any]) -> list[Annotation]:
        return [Annotation("seen", {"after": done.name}, step=done.name) for done in steps]

    task_id = counted.start(chain_of(10, update_annotations=note_each), 1)
    counted.runtime.catalogue.annotation_types(counted.runtime.database, ["seen"])
    counted.forget()

    counted.work_on_all()

    assert (len(counted.calls), counted.others) == (11, [])
    assert notes_on(counted.lab, task_id) == [(f"s{number}", {"after": f"s{number}"}) for number in range(10)]


def test_of_several_notes_on_one_step_that_are_written_together_the_latest_stands(counted: Counted) -> None:
    def note_the_first(_handler: object, _task: object, _sequence: object, steps: Sequence[Any]) -> list[Annotation]:
        return [Annotation("latest", {"after": done.name}, step="a") for done in steps if done.name != "z"]

    handler = fan_of(3, update_annotations=note_the_first)
    for name in ("a", "b0", "b1", "b2", "z"):
        counted.runtime.pace.took(handler.key(), name, 0.0)
    task_id = counted.start(handler, 1)
    counted.runtime.catalogue.annotation_types(counted.runtime.database, ["latest"])
    counted.forget()
    work(counted.runtime, counted.sent.pop(0))

    assert [statement for statement in counted.others if not statement.startswith("SELECT")] == []
    assert notes_on(counted.lab, task_id) == [("a", {"after": "b2"})]


def notes_on(lab: Lab, task_id: int) -> list[tuple[str, Any]]:
    """The notes on a task: the step of each, in the order of the steps, and what it says."""
    query = (
        sa.select(WorkflowStep.name, TaskAnnotation.annotation)
        .join(WorkflowStep, WorkflowStep.workflow_step_id == TaskAnnotation.workflow_step_id)
        .where(TaskAnnotation.task_id == task_id)
        .order_by(WorkflowStep.workflow_step_id)
    )
    rows = lab.runtime.database.read(lambda connection: connection.execute(query).all())
    return [(row.name, row.annotation) for row in rows]


def test_a_fan_of_a_hundred_quick_steps_takes_ten_statements(counted: Counted) -> None:
    handler = fan_of(100)
    for name in ("a", "b0", "z"):
        counted.runtime.pace.took(handler.key(), name, 0.0)
    for number in range(100):
        counted.runtime.pace.took(handler.key(), f"b{number}", 0.0)
    task_id = counted.start(handler, 1)
    counted.forget()

    counted.work_on_all()

    # 64 here, and two messages of the rest: claim, record and, since the join waits for the others, a look each; the
    # last needs no look.
    assert len(counted.calls) <= 10
    assert counted.others == []
    task = counted.lab.task(task_id)
    assert task.status == "complete"
    assert_legal(task)


def test_two_hundred_tasks_are_started_by_two_statements(counted: Counted) -> None:
    handler = fan_of(2)
    counted.start(handler, 0)
    counted.forget()

    tasks = create_tasks(counted.runtime, [handler.request({"number": number}) for number in range(1, 201)])

    assert len({task.task_id for task in tasks}) == 200
    # In the transaction of the ordinary engine, since it is more than one statement.
    assert (counted.calls, len(counted.others)) == ([], 2)


def test_connections_that_were_cut_while_they_lay_idle_are_not_used(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = chain_of(3)
    counted.start(handler, 1)
    monkeypatch.setattr(pinging, "PAUSE_SECONDS", 0.0)
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    counted.lab.execute(f"{others} AND pid <> pg_backend_pid()")

    counted.start(handler, 2)

    assert counted.lab.open_tasks == 2


def test_a_sweep_outlasts_a_connection_that_was_cut_since_the_last_one(counted: Counted) -> None:
    worker = Worker(counted.runtime, threads=1)
    worker._glance()
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    counted.lab.execute(f"{others} AND pid <> pg_backend_pid()")

    assert worker._glance().living == 1


def test_without_prepared_statements_the_hot_path_takes_the_ordinary_way(
    postgres_lab_url: str, tasker_handlers: HandlerFactory
) -> None:
    with lab_on(postgres_lab_url, tasker_handlers, TASKER_PREPARED_STATEMENTS=False) as lab:
        assert lab.runtime.database.swift is None
        task = lab.run(chain_of(3))

    assert task.status == "complete"
    assert_legal(task)


def test_where_a_pooler_has_lost_the_prepared_statements_tasks_start_and_end_all_the_same(counted: Counted) -> None:
    handler = chain_of(3)
    counted.start(handler, 1)
    counted.work_on_all()
    swift = counted.runtime.database.swift
    assert swift is not None
    with swift.connect() as connection:
        connection.exec_driver_sql("DEALLOCATE ALL")

    task_id = counted.start(handler, 2)
    counted.work_on_all()

    task = counted.lab.task(task_id)
    assert task.status == "complete"
    assert_legal(task)
    counted.forget()
    counted.start(handler, 3)
    assert (len(counted.calls), counted.others) == (1, []), "they are prepared again"


def test_a_fault_in_the_statement_that_claims_is_logged_and_each_step_is_claimed_by_itself(
    counted: Counted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(*_args: object, **_options: object) -> None:
        raise TypeError("a fault of ours")

    monkeypatch.setattr(claiming, "claim_many", faulty)
    handler = chain_of(2)
    task_id = counted.start(handler, 1)
    counted.work_on_all()

    assert "a group could not be written, each goes on by itself" in caplog.messages
    task = counted.lab.task(task_id)
    assert task.status == "complete"
    assert_legal(task)
