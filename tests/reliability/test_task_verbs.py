"""What operators do to whole tasks."""

from __future__ import annotations

import pytest

from flask_tasker import InvalidRequestError, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import work
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.lifecycle import StepMessage, StepRef
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import end_leases
from tests.reliability.shapes import chain, failing, fork


def test_nothing_of_a_cancelled_task_runs(lab: Lab) -> None:
    task_id = lab.start(chain())
    lab.operations.cancel_task(task_id, actor="ann", reason="a duplicate")

    assert lab.drain(retries=True) == 0
    task = lab.task(task_id)
    assert set(task.statuses.values()) == {"cancelled"}
    assert (task.history[-1].actor, task.history[-1].reason) == ("ann", "a duplicate")
    assert {step.history[-1].reason for step in task.steps.values()} == {"a duplicate"}
    assert_legal(task)


def test_a_message_that_comes_after_the_task_was_cancelled_claims_nothing(lab: Lab) -> None:
    handler = chain()
    task_id = lab.start(handler)
    ref = StepRef(lab.task(task_id)["one"].step_id, "one")
    lab.operations.cancel_task(task_id, actor="ann")

    assert work(lab.runtime, StepMessage(task_id=task_id, handler=handler.key(), steps=(ref,))) == 0
    assert lab.task(task_id)["one"].status == "cancelled"


def test_a_retry_that_waits_is_not_made_once_its_task_is_cancelled(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(two="for now"))
    lab.drain()
    lab.operations.cancel_task(task_id, actor="ann")

    assert lab.drain(retries=True) == 0
    task = lab.task(task_id)
    assert task.statuses == {"one": "complete", "two": "cancelled", "three": "cancelled"}
    assert task["two"].next_attempt_at is None
    assert_legal(task)


@pytest.mark.parametrize("fails", [False, True])
def test_a_chain_whose_task_is_cancelled_while_it_runs_does_not_go_on(lab: Lab, fails: bool) -> None:
    @task_handler("cancelled")
    class Cancelled(TaskHandler):
        @step
        def one(self, run: StepRun) -> None: ...

        @step(depends_on=one)
        def two(self, run: StepRun) -> str:
            lab.operations.cancel_task(run.task_id, actor="ann")
            assert run.cancelled
            seen = lab.task(run.task_id)
            assert seen.status == "cancelled"
            assert seen.statuses == {"one": "complete", "two": "in_progress", "three": "cancelled"}
            if fails:
                raise ConnectionError("as told")
            return "discarded"

        @step(depends_on=two)
        def three(self, run: StepRun) -> None: ...

    task = lab.run(Cancelled)

    assert task.status == "cancelled"
    assert task.statuses == {"one": "complete", "two": "cancelled", "three": "cancelled"}
    assert task["two"].results is None
    assert task["two"].attempts == 1
    assert task.moves == [("pending", "in_progress"), ("in_progress", "cancelled")]
    assert_legal(task)


def test_a_running_step_of_a_cancelled_task_whose_worker_dies_is_cancelled_when_its_lease_ends(lab: Lab) -> None:
    @task_handler("cancelled")
    class Cancelled(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            lab.operations.cancel_task(run.task_id, actor="ann")
            end_leases(lab)
            assert reclaim_ended(lab.runtime) == 1
            return "too late"

    task = lab.run(Cancelled)

    assert (task.status, task["only"].status) == ("cancelled", "cancelled")
    assert_legal(task)


def test_cancelling_a_task_again_is_no_error_and_leaves_no_second_trace(lab: Lab) -> None:
    task_id = lab.start(chain())
    lab.operations.cancel_task(task_id, actor="ann")
    lab.operations.cancel_task(task_id, actor="bob")

    assert [change.actor for change in lab.task(task_id).history] == ["ann"]


def test_a_failed_task_that_is_cancelled_has_no_open_step_left(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()
    lab.operations.cancel_task(task_id, actor="ann")

    task = lab.task(task_id)
    assert set(task.statuses.values()) == {"cancelled"}
    assert_legal(task)


def test_retrying_a_task_tries_every_failed_step_again(lab: Lab) -> None:
    task_id = lab.start(fork(), failing(left="for good", right="for good"))
    lab.drain()
    lab.execute("UPDATE tasker_tasks SET context = '{}'")
    lab.operations.retry_task(task_id, actor="ann", reason="mended")

    again = lab.task(task_id)
    assert again.status == "in_progress"
    assert {name: again[name].attempts for name in ("left", "right")} == {"left": 0, "right": 0}
    lab.drain()
    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["join"].results == "left right"
    assert {task[name].history[2].reason for name in ("left", "right")} == {"mended"}
    assert_legal(task)


def test_a_task_that_is_resolved_by_hand_keeps_its_steps_as_they_are(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()
    before = lab.task(task_id)
    lab.operations.resolve_task(task_id, actor="ann", reason="booked by phone")

    task = lab.task(task_id)
    assert task.status == "resolved_manually"
    assert task.steps == before.steps
    assert task.history[-1].reason == "booked by phone"
    assert lab.drain(retries=True) == 0
    assert_legal(task)


@pytest.mark.parametrize(
    ("actor", "reason", "fault"),
    [
        ("a" * 256, None, "actor: must have 255 characters at most, got 256"),
        ("an\0n", None, "actor: text holds NUL"),
        (" ", None, "actor: must not be blank"),
        ("ann", "\ud800", "reason: text holds half a surrogate pair"),
        ("ann", "r" * 2_001, "reason: must have 2000 characters at most, got 2001"),
    ],
)
def test_who_and_why_are_refused_where_they_cannot_be_stored(
    lab: Lab, actor: str, reason: str | None, fault: str
) -> None:
    task_id = lab.start(chain())

    with pytest.raises(InvalidRequestError) as refused:
        lab.operations.cancel_task(task_id, actor=actor, reason=reason)

    assert fault in str(refused.value)
    assert lab.task(task_id).status == "pending"
