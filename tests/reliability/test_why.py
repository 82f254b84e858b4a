"""``why(step)`` says in one sentence why a step is not running."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flask_tasker import HandlerFactory, StepRun, TaskHandler, step, task_handler
from flask_tasker.errors import NotFoundError
from tests.reliability.lab import Lab, lab_on
from tests.reliability.moments import end_leases
from tests.reliability.shapes import chain, failing, fork

MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


def why(lab: Lab, task_id: int, name: str) -> str:
    """What is said of the step."""
    with lab.app.app_context():
        return lab.tasker.why(lab.task(task_id)[name].step_id)


def test_a_step_that_waits_for_its_parents(lab: Lab) -> None:
    task_id = lab.start(fork())

    assert why(lab, task_id, "join") == "It waits for left, right."


def test_a_step_that_is_ready_waits_for_a_worker(lab: Lab) -> None:
    task_id = lab.start(chain())

    assert re.fullmatch(
        f"It is ready since {MOMENT} and waits for a worker with a free thread.", why(lab, task_id, "one")
    )


def test_a_step_that_waits_for_its_retry(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for now"))
    lab.drain()

    assert re.fullmatch(
        f"Its retry is due at {MOMENT}, after attempt 1: ConnectionError: as told", why(lab, task_id, "one")
    )


def test_a_step_that_has_failed_for_good(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()

    assert why(lab, task_id, "one") == "It failed for good after 1 of 3 attempts: PermanentError: as told"
    assert why(lab, task_id, "two") == "The task is error: It waits for one."


def test_a_step_that_is_done(lab: Lab) -> None:
    task_id = lab.run(chain()).task_id

    assert why(lab, task_id, "three") == "It is complete."


def test_a_step_of_a_cancelled_task(lab: Lab) -> None:
    task_id = lab.start(chain())
    lab.operations.cancel_task(task_id, actor="ann")

    assert why(lab, task_id, "one") == "It is cancelled."


def test_a_step_that_runs_or_was_asked_to_stop_or_whose_worker_is_silent(lab: Lab) -> None:
    said: list[str] = []

    @task_handler("running")
    class Running(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            said.append(why(lab, run.task_id, "only"))
            lab.operations.cancel_step(run.step_id, actor="ann")
            said.append(why(lab, run.task_id, "only"))
            end_leases(lab)
            said.append(why(lab, run.task_id, "only"))

    lab.run(Running)

    worker = re.escape(lab.runtime.worker)
    assert re.fullmatch(f"It runs: leased by {worker} until {MOMENT}.", said[0])
    assert re.fullmatch(f"It runs: leased by {worker} until {MOMENT}; it was asked to stop.", said[1])
    assert re.fullmatch(f"Its lease, held by {worker} until {MOMENT}, has ended; the next sweep frees it.", said[2])


def test_a_step_whose_parents_are_done_and_which_nobody_has_marked(lab: Lab) -> None:
    task_id = lab.start(chain())
    lab.execute("UPDATE tasker_workflow_steps SET next_attempt_at = NULL")

    assert why(lab, task_id, "one") == "Its parents are done; the next sweep marks it ready."


def test_a_step_whose_handler_is_not_known_here(lab: Lab) -> None:
    task_id = lab.start(chain())
    with lab_on(lab.app.config["SQLALCHEMY_DATABASE_URI"], HandlerFactory()) as other:
        assert why(other, task_id, "one") == (
            "It is ready, and no handler default/chain/0.1.0 is known here: a worker that knows it must run."
        )


def test_a_step_that_the_handler_known_here_does_not_have(lab: Lab) -> None:
    task_id, newer = lab.start(chain()), HandlerFactory()

    @task_handler("chain", factory=newer)
    class Newer(TaskHandler[Any]):
        @step
        def other(self, run: StepRun) -> None: ...

    with lab_on(lab.app.config["SQLALCHEMY_DATABASE_URI"], newer) as other:
        assert why(other, task_id, "one") == (
            "It is ready, and the handler default/chain/0.1.0 known here has no such step: a worker with the right "
            "code must run."
        )


def test_a_step_that_does_not_exist(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match="no step 404"), lab.app.app_context():
        lab.tasker.why(404)
