"""Between a transactional handler's return and the commit: lost leases, failing commits, hosts that misbehave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from blinker import NamedSignal
from sqlalchemy import event

from flask_tasker import (
    NO_RETRY,
    Annotation,
    HandlerFactory,
    Retry,
    StepRun,
    StepSequence,
    TaskHandler,
    step,
    task_handler,
)
from flask_tasker.engine import work
from flask_tasker.models import TaskAnnotation
from flask_tasker.signals import step_completed
from tests.reliability.lab import Lab, lab_on
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE, steal_lease


def test_a_step_whose_lease_was_lost_before_its_record_leaves_nothing_behind(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> None:
            steal_lease(lab, run.step_id)
            lab.write("of the one who lost")

        @step(depends_on=book)
        def ship(self, run: StepRun) -> None:
            lab.write("shipped")

    task = lab.run(Booking)

    assert task.statuses == {"book": "in_progress", "ship": "pending"}
    assert lab.written == []
    assert f"step 'book' of task {task.task_id}: the lease was lost, its result is refused" in caplog.messages


def test_a_commit_that_fails_is_a_failed_attempt(lab: Lab) -> None:
    """A deferred constraint on PostgreSQL, a flush on SQLite: either way the handler has returned before."""

    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=Retry(limit=2, backoff=AT_ONCE))
        def book(self, run: StepRun) -> str:
            run.session.add(lab.Entry(text="once"))
            if run.attempt == 1:
                run.session.add(lab.Entry(text="once"))
            return "booked"

        @step(depends_on=book)
        def ship(self, run: StepRun) -> str:
            return run.result(self.book)

    task = lab.run(Booking)

    assert task.status == "complete"
    assert task["ship"].results == "booked"
    assert task["book"].attempts == 2
    failure = task["book"].history[1]
    assert failure.target == "error"
    assert failure.error is not None
    assert failure.error.startswith("the step's transaction failed: IntegrityError")
    assert lab.written == ["once"]
    assert_legal(task)


def test_text_that_the_driver_refuses_at_the_commit_is_a_failed_attempt(postgres_lab: Lab) -> None:
    lab = postgres_lab

    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def book(self, run: StepRun) -> None:
            run.session.add(lab.Entry(text="half\x00way"))

    task = lab.run(Booking)

    assert task.status == "error"
    assert task["book"].error is not None
    assert task["book"].error.startswith("the step's transaction failed: ValueError: ")
    assert_legal(task)


def test_a_listener_of_the_hosts_that_refuses_the_commit_fails_the_attempt(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def book(self, run: StepRun) -> None:
            @event.listens_for(run.session, "before_commit", once=True)
            def refuse(_session: object) -> None:
                raise PermissionError("not on a Sunday")

            lab.write("an entry")

    task = lab.run(Booking)

    assert task["book"].error == "the step's transaction failed: PermissionError: not on a Sunday"
    assert lab.written == []
    assert_legal(task)


def test_a_teardown_of_the_hosts_that_raises_takes_nothing_from_the_chain(lab: Lab) -> None:
    in_a_step: list[bool] = []

    @lab.app.teardown_appcontext
    def fail(_error: BaseException | None) -> None:
        if in_a_step:
            raise RuntimeError("as told")

    @task_handler("chain")
    class Chain(TaskHandler):
        @step(transactional=True)
        def one(self, run: StepRun) -> str:
            lab.write("one")
            return "one"

        @step(depends_on=one, transactional=True)
        def two(self, run: StepRun) -> str:
            lab.write("two")
            return run.result(self.one) + " two"

    task_id = lab.start(Chain)
    in_a_step.append(True)
    lab.drain()
    in_a_step.clear()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["two"].results == "one two"
    assert {step.attempts for step in task.steps.values()} == {1}
    assert lab.written == ["one", "two"]


def test_annotations_of_a_transactional_step_are_written(lab: Lab) -> None:
    @task_handler("noted")
    class Noted(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> str:
            lab.write("an entry")
            return "booked"

        def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
            yield Annotation("booking", {"results": sequence["book"].results})

    started = datetime.now(UTC)
    task = lab.run(Noted)

    with lab.engine.connect() as connection:
        notes = connection.execute(sa.select(TaskAnnotation.annotation)).scalars().all()
    assert task.status == "complete"
    assert notes == [{"results": "booked"}]
    assert (datetime.now(UTC) - started).total_seconds() < 20


def test_a_transactional_step_that_was_asked_to_stop_leaves_nothing_behind_and_its_children_go_on(lab: Lab) -> None:
    @task_handler("stopped")
    class Stopped(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> str:
            lab.operations.cancel_step(run.step_id, actor="ann", reason="changed my mind")
            assert run.cancelled
            lab.write("nobody wants this any more")
            return "discarded"

        @step(depends_on=book)
        def after(self, run: StepRun) -> object:
            return [run.result(self.book), lab.written]

    task = lab.run(Stopped)

    assert task.statuses == {"book": "cancelled", "after": "complete"}
    assert task["after"].results == [None, []]
    assert lab.written == []
    assert_legal(task)


def test_reading_earlier_results_in_a_step_does_not_undo_what_it_wrote_in_memory(
    tasker_handlers: HandlerFactory,
) -> None:
    @task_handler("reading")
    class Reading(TaskHandler):
        @step
        def one(self, run: StepRun) -> str:
            return "one"

        @step(depends_on=one)
        def between(self, run: StepRun) -> None: ...

        @step(depends_on=between, transactional=True)
        def two(self, run: StepRun) -> str:
            run.session.add(lab.Entry(text="of two"))
            run.session.flush()
            return f"{run.result(self.one)} {run.cancelled}"

    with lab_on("sqlite://", tasker_handlers) as lab, lab.app.app_context():
        task_id = lab.start(Reading)
        lab.drain()
        found = lab.db.session.scalars(sa.select(lab.Entry.text)).all()
        status = lab.db.session.execute(
            sa.text("SELECT status FROM tasker_tasks WHERE task_id = :task"), {"task": task_id}
        ).scalar_one()

    assert status == "complete"
    assert found == ["of two"]


def test_on_sqlite_the_lease_is_set_to_the_timeout_before_the_step_takes_the_write_lock(sqlite_lab: Lab) -> None:
    """Nobody can renew it while the step holds the only write lock."""
    lab = sqlite_lab
    left: dict[str, float] = {}

    def look(run: StepRun) -> None:
        found = lab.task(run.task_id)[run.name].leased_until
        assert found is not None
        left[run.name] = (found - datetime.now(UTC)).total_seconds()

    @task_handler("leased")
    class Leased(TaskHandler):
        @step(transactional=True, timeout=Retry().backoff.maximum)
        def with_timeout(self, run: StepRun) -> None:
            look(run)

        @step
        def plain(self, run: StepRun) -> None:
            look(run)

    assert lab.run(Leased).status == "complete"
    assert left["with_timeout"] == pytest.approx(300, abs=20)
    assert left["plain"] == pytest.approx(30, abs=20)


def test_what_goes_wrong_after_the_commit_is_no_failure_of_the_steps_transaction(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    @task_handler("booked")
    class Booked(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def only(self, run: StepRun) -> str:
            lab.write("once")
            return "booked"

    def fail(signal: NamedSignal, _event: Callable[[], Any]) -> None:
        told.append(signal.name)
        if signal is step_completed:
            raise RuntimeError("as told")

    message = lab.message(Booked, lab.start(Booked))
    with pytest.raises(RuntimeError, match="as told"):
        work(replace(lab.runtime, announce=fail), message)

    assert (lab.task(message.task_id)["only"].results, lab.written) == ("booked", ["once"])
    assert told.count("step_completed") == 1
    assert "could not be entered or left" not in caplog.text
