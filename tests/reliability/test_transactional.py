"""What a transactional step writes commits together with its result, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from flask_tasker import NO_RETRY, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.models import Task
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE


def test_what_the_step_wrote_is_committed_with_its_result(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> str:
            lab.write("by db.session")
            run.session.add(lab.Entry(text="by run.session"))
            return "booked"

    task = lab.run(Booking)

    assert task.status == "complete"
    assert task["book"].results == "booked"
    assert lab.written == ["by db.session", "by run.session"]
    assert_legal(task)


def test_nothing_of_a_step_is_there_before_its_result_is(lab: Lab) -> None:
    seen: list[list[str]] = []

    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> None:
            lab.write("an entry")
            seen.append(lab.written)

    lab.run(Booking)

    assert seen == [[]]
    assert lab.written == ["an entry"]


def test_what_a_failed_attempt_wrote_is_rolled_back_and_the_next_one_writes_it_once(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=Retry(limit=3, backoff=AT_ONCE))
        def book(self, run: StepRun) -> None:
            lab.write("the entry")
            lab.write(f"attempt {run.attempt}")
            if run.attempt < 3:
                raise ConnectionError("not yet")

    task = lab.run(Booking)

    assert task["book"].attempts == 3
    assert lab.written == ["attempt 3", "the entry"]
    assert_legal(task)


def test_what_a_step_wrote_before_its_timeout_is_rolled_back(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, timeout=timedelta(seconds=0.1), retry=NO_RETRY)
        def book(self, run: StepRun) -> None:
            lab.write("too slow")
            while True:
                pass

    task = lab.run(Booking)

    assert task["book"].error == "StepTimeoutError: the attempt took longer than 0.1 s"
    assert lab.written == []


def test_a_step_that_rolled_its_own_writes_back_is_recorded_without_them(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> None:
            lab.write("regretted")
            run.session.rollback()
            lab.write("meant")

    task = lab.run(Booking)

    assert task.status == "complete"
    assert lab.written == ["meant"]


def test_a_savepoint_in_the_step_may_be_released_or_rolled_back(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> None:
            with run.session.begin_nested():
                lab.write("released")
            undone = run.session.begin_nested()
            lab.write("undone")
            undone.rollback()
            run.session.begin_nested()
            lab.write("left open")

    task = lab.run(Booking)

    assert task.status == "complete"
    assert lab.written == ["left open", "released"]


@pytest.mark.parametrize("way", ["commit", "in a savepoint", "with begin"])
def test_a_commit_in_the_step_is_refused_and_nothing_is_written(lab: Lab, way: str) -> None:
    def commit(session: Any) -> None:
        if way == "with begin":
            session.rollback()
            with session.begin():
                lab.write("too early")
            return
        if way == "in a savepoint":
            session.begin_nested()
        lab.write("too early")
        session.commit()

    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def book(self, run: StepRun) -> None:
            commit(run.session)

    task = lab.run(Booking)

    assert task.status == "error"
    assert task["book"].error == (
        "TaskerError: a transactional step must not commit its session: its writes commit together with its result. "
        "Take the commit() out, or take transactional=True off the step"
    )
    assert lab.written == []
    assert_legal(task)


def test_a_step_may_go_on_after_its_commit_was_refused(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True)
        def book(self, run: StepRun) -> str:
            lab.write("an entry")
            try:
                run.session.commit()
            except Exception as error:
                return type(error).__name__
            return "committed"

    task = lab.run(Booking)

    assert task["book"].results == "TaskerError"
    assert lab.written == ["an entry"]


def test_other_sessions_may_commit_while_the_step_runs(postgres_lab: Lab) -> None:
    lab = postgres_lab

    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def book(self, run: StepRun) -> None:
            lab.write("of the step")
            with Session(lab.engine) as other:
                other.add(lab.Entry(text="of another"))
                other.commit()
            raise ValueError("as told")

    assert lab.run(Booking).status == "error"
    assert lab.written == ["of another"]


def test_the_session_may_commit_again_once_the_step_is_over(lab: Lab) -> None:
    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def book(self, run: StepRun) -> None:
            raise ValueError("as told")

    with lab.app.app_context():
        lab.run(Booking)
        lab.write("of the host")
        lab.db.session.commit()

    assert lab.written == ["of the host"]


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_task_started_in_the_session_of_a_step_exists_only_if_the_steps_result_does(lab: Lab, succeeds: bool) -> None:
    ran: list[int] = []

    @task_handler("inner")
    class Inner(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            ran.append(run.task_id)

    @task_handler("outer")
    class Outer(TaskHandler):
        @step(transactional=True, retry=NO_RETRY)
        def book(self, run: StepRun) -> int:
            started = lab.tasker.create_task(Inner.request({}), session=run.session).task_id
            if not succeeds:
                raise ValueError("as told")
            return started

    task = lab.run(Outer)

    with lab.engine.connect() as connection:
        tasks = connection.execute(sa.select(sa.func.count()).select_from(Task)).scalar_one()
    assert ran == ([task["book"].results] if succeeds else [])
    assert tasks == 1 + len(ran)


def test_transactional_steps_of_a_chain_commit_one_after_the_other(lab: Lab) -> None:
    seen: list[list[str]] = []

    @task_handler("chain")
    class Chain(TaskHandler):
        @step(transactional=True)
        def one(self, run: StepRun) -> str:
            lab.write("one")
            return "one"

        @step(depends_on=one)
        def two(self, run: StepRun) -> str:
            seen.append(lab.written)
            return run.result(self.one) + " two"

        @step(depends_on=two, transactional=True, retry=Retry(limit=2, backoff=AT_ONCE))
        def three(self, run: StepRun) -> str:
            seen.append(lab.written)
            lab.write(f"three {run.attempt}")
            if run.attempt == 1:
                raise ValueError("as told")
            return run.result(self.two) + " three"

    task = lab.run(Chain)

    assert task.status == "complete"
    assert task["three"].results == "one two three"
    assert seen == [["one"], ["one"], ["one"]]
    assert lab.written == ["one", "three 2"]
    assert_legal(task)


def test_a_step_that_is_not_transactional_has_no_session_in_its_run(lab: Lab) -> None:
    @task_handler("plain")
    class Plain(TaskHandler):
        @step
        def only(self, run: StepRun) -> bool:
            return run.session is None

    assert lab.run(Plain)["only"].results is True
