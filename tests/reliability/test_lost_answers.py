"""The database goes away around a commit: before it, or after it and before its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from flask_tasker import Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import claiming, work
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.lifecycle import StepMessage, StepRef
from flask_tasker.models import WorkflowStepTransition
from flask_tasker.store.database import is_away, is_transient
from flask_tasker.store.grouped import claim_many
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal, assert_parents_first
from tests.reliability.moments import AT_ONCE, end_leases

Lose = Callable[..., None]


@pytest.fixture
def lose(monkeypatch: pytest.MonkeyPatch, postgres_lab: Lab) -> Lose:
    """Ends the connection of an engine at its commit number ``commit``, ``before`` it or ``after`` it."""

    def lose_at(engine: sa.Engine, *, commit: int, when: str) -> None:
        counted = 0
        really = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            nonlocal counted
            counted += 1
            if counted == commit:
                pid = connection.get_backend_pid()
                if when == "after":
                    really(connection)
                postgres_lab.execute("SELECT pg_terminate_backend(:pid, 5000)", pid=pid)
                connection.cursor().execute("SELECT 1")
            really(connection)

        monkeypatch.setattr(engine.dialect, "do_commit", do_commit)

    return lose_at


def counting_chain(ran: list[str]) -> type[TaskHandler[Any]]:
    """one -> two -> three, each of which notes that it ran."""

    @task_handler("counting")
    class Counting(TaskHandler):
        @step
        def one(self, run: StepRun) -> int:
            ran.append("one")
            return 1

        @step(depends_on=one)
        def two(self, run: StepRun) -> int:
            ran.append("two")
            return run.result(self.one) + 1

        @step(depends_on=two)
        def three(self, run: StepRun) -> int:
            ran.append("three")
            return run.result(self.two) + 1

    return Counting


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", [1, 2, 3, 4], ids=["claim", "first record", "second record", "last record"])
def test_a_chain_whose_connection_breaks_at_a_commit_goes_on_and_runs_each_step_once(
    postgres_lab: Lab, lose: Lose, commit: int, when: str
) -> None:
    lab, ran = postgres_lab, list[str]()
    task_id = lab.start(counting_chain(ran))
    lose(lab.runtime.database.engine, commit=commit, when=when)
    lab.drain()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert ran == ["one", "two", "three"]
    assert task["three"].results == 3
    assert {step.attempts for step in task.steps.values()} == {1}
    assert_legal(task)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failure_whose_answer_was_lost_is_recorded_once(postgres_lab: Lab, lose: Lose, when: str) -> None:
    lab = postgres_lab

    @task_handler("failing")
    class Failing(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            if run.attempt == 1:
                raise ValueError("as told")
            return "second"

    task_id = lab.start(Failing)
    lose(lab.runtime.database.engine, commit=2, when=when)
    lab.drain(retries=True)

    task = lab.task(task_id)
    assert task["only"].moves == [
        ("pending", "in_progress"),
        ("in_progress", "error"),
        ("error", "in_progress"),
        ("in_progress", "complete"),
    ]
    assert_legal(task)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_transactional_step_whose_commit_lost_its_connection_has_written_once(
    postgres_lab: Lab, lose: Lose, when: str
) -> None:
    lab = postgres_lab

    @task_handler("booking")
    class Booking(TaskHandler):
        @step(transactional=True, retry=Retry(limit=2, backoff=AT_ONCE))
        def book(self, run: StepRun) -> str:
            lab.write("once")
            return f"attempt {run.attempt}"

        @step(depends_on=book)
        def ship(self, run: StepRun) -> Any:
            return run.result(self.book)

    task_id = lab.start(Booking)
    with lab.app.app_context():
        lose(lab.db.engine, commit=1, when=when)
    lab.drain(retries=True)

    task = lab.task(task_id)
    attempts = 2 if when == "before" else 1
    assert task.status == "complete"
    assert lab.written == ["once"]
    assert task["book"].attempts == attempts
    assert task["ship"].results == f"attempt {attempts}"
    assert task["ship"].attempts == 1
    assert_legal(task)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, 7))
def test_a_diamond_whose_connection_breaks_at_any_commit_comes_to_its_end(
    postgres_lab: Lab, lose: Lose, commit: int, when: str
) -> None:
    lab = postgres_lab

    @task_handler("diamond")
    class Diamond(TaskHandler):
        @step
        def a(self, run: StepRun) -> str:
            return "a"

        @step(depends_on=a)
        def b(self, run: StepRun) -> str:
            return "b"

        @step(depends_on=a)
        def c(self, run: StepRun) -> str:
            return "c"

        @step(depends_on=[b, c])
        def d(self, run: StepRun) -> list[str]:
            return [run.result(self.b), run.result(self.c)]

    task_id = lab.start(Diamond)
    lose(lab.runtime.database.engine, commit=commit, when=when)
    try:
        lab.drain()
    except DBAPIError:
        # A sweep's own question was cut off: the next sweep asks it again.
        lab.drain()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["d"].results == ["b", "c"]
    assert_legal(task)
    assert_parents_first(task, {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]})


def test_without_outlasting_a_lost_connection_is_the_callers_to_know_of(postgres_lab: Lab, lose: Lose) -> None:
    lab = postgres_lab
    lose(lab.runtime.database.engine, commit=1, when="before")

    with pytest.raises(DBAPIError) as lost:
        lab.runtime.database.transaction(lambda connection: connection.execute(sa.text("SELECT 1")).scalar())
    assert is_away(lost.value)
    assert not is_transient(lost.value)


def test_outlasting_ends_when_its_time_is_over(postgres_lab: Lab) -> None:
    lab, tries = postgres_lab, list[int]()

    def break_off(connection: sa.Connection) -> None:
        tries.append(1)
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        lab.execute("SELECT pg_terminate_backend(:pid, 5000)", pid=pid)
        connection.execute(sa.text("SELECT 1"))

    with pytest.raises(DBAPIError):
        # Ending a connection takes a tenth of a second and more: there must be time for a second one.
        lab.runtime.database.transaction(break_off, outlast=3)
    assert len(tries) > 1


def test_a_claim_whose_answer_was_lost_and_whose_lease_has_ended_is_made_again_under_another_token(
    postgres_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, ran = postgres_lab, list[str]()
    engine, lost = lab.runtime.database.engine, list[bool]()
    really = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        really(connection)
        if not lost:
            lost.append(True)
            take_away(lab)
            lab.execute("SELECT pg_terminate_backend(:pid, 5000)", pid=connection.get_backend_pid())
            connection.cursor().execute("SELECT 1")

    hint = told(lab, ran)
    monkeypatch.setattr(engine.dialect, "do_commit", do_commit)
    work(replace(lab.runtime, database=replace(lab.runtime.database, swift=None)), hint)

    assert (lost, ran) == ([True], ["only"])
    assert_claimed_twice(lab, hint.task_id)


def test_a_claim_in_a_group_whose_answer_was_lost_is_made_again_under_another_token(
    postgres_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, ran = postgres_lab, list[str]()
    lost = list[bool]()

    def claim_many_and_lose(*arguments: Any, **options: Any) -> Any:
        found = claim_many(*arguments, **options)
        if not lost:
            lost.append(True)
            take_away(lab)
            raise OperationalError("SELECT 1", {}, Exception("the connection broke"))
        return found

    hint = told(lab, ran)
    monkeypatch.setattr(claiming, "claim_many", claim_many_and_lose)
    work(lab.runtime, hint)

    assert (lost, ran) == ([True], ["only"])
    assert_claimed_twice(lab, hint.task_id)


def told(lab: Lab, ran: list[str]) -> StepMessage:
    """The message of a task of one step that notes that it ran."""

    @task_handler("lost claim")
    class LostClaim(TaskHandler):
        @step(retry=Retry(limit=3, backoff=AT_ONCE))
        def only(self, run: StepRun) -> None:
            ran.append("only")

    task_id = lab.start(LostClaim)
    ref = StepRef(lab.task(task_id)["only"].step_id, "only")
    return StepMessage(task_id=task_id, handler=LostClaim.key(), steps=(ref,))


def take_away(lab: Lab) -> None:
    """A sweep finds that the lease has ended."""
    end_leases(lab)
    assert reclaim_ended(lab.runtime) == 1


def assert_claimed_twice(lab: Lab, task_id: int) -> None:
    """Once in vain, once to its end, and each time under a token of its own."""
    task = lab.task(task_id)
    assert (task.status, task["only"].attempts) == ("complete", 2)
    assert_legal(task)
    with lab.engine.connect() as connection:
        claims = sa.select(WorkflowStepTransition.lease_token).where(
            WorkflowStepTransition.workflow_step_id == task["only"].step_id,
            WorkflowStepTransition.to_status == "in_progress",
        )
        tokens = list(connection.scalars(claims))
    assert len(tokens) == len(set(tokens)) == 2
