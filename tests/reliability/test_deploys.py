"""A worker without a step's handler leaves the step, uncounted, for one that has it."""

from __future__ import annotations

from typing import Any

from flask_tasker import HandlerFactory, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import work
from flask_tasker.lifecycle import StepMessage, StepRef
from tests.reliability.lab import Lab, lab_on
from tests.reliability.laws import assert_legal
from tests.reliability.shapes import chain


def test_a_worker_that_lacks_the_handler_neither_finds_nor_claims_its_steps(lab: Lab) -> None:
    handler = chain()
    task_id = lab.start(handler)
    ref = StepRef(lab.task(task_id)["one"].step_id, "one")
    before = lab.task(task_id)

    with lab_on(lab.app.config["SQLALCHEMY_DATABASE_URI"], HandlerFactory()) as other:
        assert other.drain(retries=True) == 0
        assert work(other.runtime, StepMessage(task_id=task_id, handler=handler.key(), steps=(ref,))) == 0

    assert lab.task(task_id) == before
    lab.drain()
    assert lab.task(task_id).status == "complete"


def test_a_worker_whose_handler_lacks_a_step_ends_what_it_knows_and_leaves_the_rest(lab: Lab) -> None:
    task_id, older = lab.start(chain()), HandlerFactory()

    @task_handler("chain", factory=older)
    class Older(TaskHandler[Any]):
        @step
        def one(self, run: StepRun) -> str:
            return "of the older"

        @step(depends_on=one)
        def three(self, run: StepRun) -> None: ...

    with lab_on(lab.app.config["SQLALCHEMY_DATABASE_URI"], older) as other:
        assert other.drain() == 1

    half = lab.task(task_id)
    assert half.statuses == {"one": "complete", "two": "pending", "three": "pending"}
    assert half["two"].attempts == 0
    lab.drain()
    task = lab.task(task_id)
    assert task["three"].results == "of the older two three"
    assert_legal(task)


def test_a_lease_of_a_handler_that_nobody_here_knows_is_freed_all_the_same(lab: Lab) -> None:
    task_id = lab.start(chain())
    with lab.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE tasker_workflow_steps SET status = 'in_progress', attempts = 1, next_attempt_at = NULL, "
            "lease_token = '00000000000000000000000000000001', leased_until = '2001-01-01 00:00:00.000"
            + ("'" if lab.runtime.database.is_sqlite else "+00'")
            + " WHERE name = 'one'"
        )
    with lab_on(lab.app.config["SQLALCHEMY_DATABASE_URI"], HandlerFactory()) as other:
        assert other.drain() == 0

    step = lab.task(task_id)["one"]
    assert (step.status, step.leased_until) == ("error", None)
    assert step.next_attempt_at is not None
