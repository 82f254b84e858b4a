"""A worker that freezes in the middle of a transaction: its locks are taken from it, and the others go on."""

from __future__ import annotations

import sqlalchemy as sa

from flask_tasker import StepRun, TaskHandler, step, task_handler
from flask_tasker.models import Task
from flask_tasker.store.database import LONGEST_IDLE_MS
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab


def test_a_transaction_that_stands_still_is_ended_and_the_task_it_had_locked_goes_on(postgres_lab: Lab) -> None:
    @task_handler("plain")
    class Plain(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    lab = postgres_lab
    locked = lab.start(Plain)
    frozen = lab.runtime.database.engine.connect()
    # As a worker does that is stopped between the two statements of a claim.
    frozen.execute(sa.update(Task).where(Task.task_id == locked).values(reason="frozen"))
    try:
        with lab.working(threads=2):
            eventually(lambda: lab.task(locked).status == "complete", within=4 * LONGEST_IDLE_MS / 1_000)
            assert lab.run_by_worker(Plain).status == "complete"
    finally:
        frozen.invalidate()
        frozen.close()
