"""A result that comes too late is refused, and nothing follows from it."""

from __future__ import annotations

import pytest

from flask_tasker import PermanentError, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.reclaim import reclaim_ended
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import end_leases


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
