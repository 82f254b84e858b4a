"""A result that comes too late is refused, and nothing follows from it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa

from flask_tasker import HandlerFactory, PermanentError, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.models import TaskAnnotation
from flask_tasker.store.grouped import Completion, record_many
from tests.reliability.lab import Lab, lab_on
from tests.reliability.laws import assert_legal
from tests.reliability.moments import end_leases
from tests.reliability.shapes import chain


def lose_the_lease(lab: Lab) -> None:
    """What another worker's sweep does while this one is paused for longer than its lease."""
    end_leases(lab)
    assert reclaim_ended(lab.runtime) == 1


def test_a_child_does_not_start_on_a_result_that_came_too_late(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    @task_handler("late")
    class Late(TaskHandler):
        @step
        def parent(self, run: StepRun) -> str:
            ran.append(f"parent {run.attempt}")
            if run.attempt == 1:
                lose_the_lease(lab)
                return "too late"
            raise PermanentError("not this time either")

        @step(depends_on=parent)
        def child(self, run: StepRun) -> None:
            ran.append("child")

    task = lab.run(Late)

    assert ran == ["parent 1", "parent 2"]
    assert task.statuses == {"parent": "error", "child": "pending"}
    assert "step 'parent' of task 1: the lease was lost, its result is refused" in caplog.messages
    assert_legal(task)


def test_beside_the_one_that_holds_it_a_lease_that_has_ended_records_and_notes_nothing(
    postgres_database: str, tasker_handlers: HandlerFactory
) -> None:
    """Two threads of one process, of which one was paused until the other claimed the step again, record together."""
    with lab_on(postgres_database, tasker_handlers) as lab, lab.app.app_context():
        handler = chain()
        runtime, task_id = lab.runtime, lab.start(handler, {})
        [(_, [holder])] = claim_all(runtime, [lab.message(handler, task_id, "one")])
        [type_id] = runtime.catalogue.annotation_types(runtime.database, ["late"]).values()
        late = Completion(
            step_id=holder.step_id,
            token=uuid.uuid4(),
            results="late",
            next_token=uuid.uuid4(),
            take=1,
            notes=[(type_id, holder.step_id, {"late": True})],
        )
        good = replace(late, token=holder.token, results="good", notes=[])

        followed = runtime.database.once(
            lambda connection: record_many(connection, runtime.database.clock, [late, good], worker="w", seconds=30)
        )

        assert set(followed) == {(holder.step_id, holder.token)}
        assert lab.task(task_id)["one"].results == "good"
        with lab.engine.connect() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(TaskAnnotation)).scalar_one() == 0
