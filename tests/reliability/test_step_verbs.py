"""What operators do to one step that does not run, and what follows from it."""

from __future__ import annotations

import pytest

from flask_tasker import PayloadError
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.shapes import chain, failing, fork


def test_the_child_of_a_cancelled_step_goes_on_without_its_results(lab: Lab) -> None:
    task_id = lab.start(chain())
    lab.operations.cancel_step(lab.task(task_id)["one"].step_id, actor="ann")
    lab.drain()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task.statuses == {"one": "cancelled", "two": "complete", "three": "complete"}
    assert task["three"].results == "None two three"
    assert_legal(task)


def test_the_child_of_a_skipped_step_need_not_wait_for_its_grandparent(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()
    lab.operations.skip_step(lab.task(task_id)["two"].step_id, actor="ann")
    lab.drain()

    task = lab.task(task_id)
    assert task.statuses == {"one": "error", "two": "skipped", "three": "complete"}
    assert task.moves == [
        ("pending", "in_progress"),
        ("in_progress", "error"),
        ("error", "in_progress"),
        ("in_progress", "error"),
    ]
    assert_legal(task)


def test_results_given_by_hand_are_what_the_children_see(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()
    lab.operations.resolve_step(lab.task(task_id)["one"].step_id, results="by hand", actor="ann")
    lab.drain()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["one"].status == "resolved_manually"
    assert task["one"].results == "by hand"
    assert task["three"].results == "by hand two three"
    assert_legal(task)


def test_a_step_may_be_resolved_without_results(lab: Lab) -> None:
    task_id = lab.start(chain())
    lab.operations.resolve_step(lab.task(task_id)["one"].step_id, actor="ann")

    assert lab.task(task_id)["one"].results is None


def test_results_given_by_hand_that_are_no_json_change_nothing(lab: Lab) -> None:
    task_id = lab.start(chain())
    before = lab.task(task_id)

    with pytest.raises(PayloadError, match="results: expected JSON"):
        lab.operations.resolve_step(before["one"].step_id, results={"set": {1}}, actor="ann")
    assert lab.task(task_id) == before


def test_results_given_by_hand_may_not_be_larger_than_any_others(make_lab: MakeLab) -> None:
    lab = make_lab(TASKER_MAX_PAYLOAD_BYTES=100)
    step_id = lab.task(lab.start(chain()))["one"].step_id

    with pytest.raises(PayloadError, match="TASKER_MAX_PAYLOAD_BYTES allows 100"):
        lab.operations.resolve_step(step_id, results="x" * 200, actor="ann")


def test_a_step_that_is_retried_begins_from_the_first_attempt_and_keeps_its_history(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()
    lab.execute("UPDATE tasker_tasks SET context = '{}'")
    lab.operations.retry_step(lab.task(task_id)["one"].step_id, actor="ann", reason="the bank is back")

    waiting = lab.task(task_id)
    assert waiting.status == "in_progress"
    assert (waiting["one"].status, waiting["one"].attempts, waiting["one"].error) == ("pending", 0, None)
    lab.drain()
    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["one"].attempts == 1
    assert task["one"].moves == [
        ("pending", "in_progress"),
        ("in_progress", "error"),
        ("error", "pending"),
        ("pending", "in_progress"),
        ("in_progress", "complete"),
    ]
    assert_legal(task)


def test_a_step_that_waits_for_its_retry_is_tried_at_once_when_told_so(lab: Lab) -> None:
    task_id = lab.start(chain(), failing(two="for now"))
    lab.drain()
    assert lab.task(task_id)["two"].next_attempt_at is not None
    lab.execute("UPDATE tasker_tasks SET context = '{}'")
    lab.operations.retry_step(lab.task(task_id)["two"].step_id, actor="ann")
    lab.drain()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task.moves == [("pending", "in_progress"), ("in_progress", "complete")]
    assert_legal(task)


@pytest.mark.parametrize("verb", ["cancel", "skip", "resolve"])
def test_a_task_that_waits_only_for_that_step_comes_to_its_end(lab: Lab, verb: str) -> None:
    task_id = lab.start(chain(), failing(three="for now"))
    lab.drain()
    getattr(lab.operations, f"{verb}_step")(lab.task(task_id)["three"].step_id, actor="ann")

    task = lab.task(task_id)
    assert task.status == "complete"
    assert_legal(task)


def test_a_task_whose_other_failure_still_stands_is_in_error_again(lab: Lab) -> None:
    task_id = lab.start(fork(), failing(left="for good", right="for good"))
    lab.drain()
    lab.operations.skip_step(lab.task(task_id)["left"].step_id, actor="ann")

    task = lab.task(task_id)
    assert task.status == "error"
    assert task.statuses == {"left": "skipped", "right": "error", "join": "pending"}
    assert_legal(task)


def test_a_join_waits_for_its_other_parent(lab: Lab) -> None:
    task_id = lab.start(fork(), failing(left="for now", right="for now"))
    lab.drain()
    lab.operations.cancel_step(lab.task(task_id)["left"].step_id, actor="ann")
    lab.drain()
    assert lab.task(task_id)["join"].status == "pending"

    lab.operations.resolve_step(lab.task(task_id)["right"].step_id, results="by hand", actor="ann")
    lab.drain()
    task = lab.task(task_id)
    assert task.status == "complete"
    assert task["join"].results == "None by hand"
    assert_legal(task)


def test_the_last_steps_of_a_task_may_be_cancelled_before_anything_ran(lab: Lab) -> None:
    task_id = lab.start(chain())
    for name in ("one", "two", "three"):
        lab.operations.cancel_step(lab.task(task_id)[name].step_id, actor="ann")

    task = lab.task(task_id)
    assert task.status == "complete"
    assert task.moves == [("pending", "complete")]
    assert lab.drain() == 0
    assert_legal(task)


@pytest.mark.parametrize(
    ("verb", "move"),
    [
        ("cancel", ("error", "cancelled")),
        ("skip", ("error", "skipped")),
        ("resolve", ("error", "resolved_manually")),
        ("retry", ("error", "pending")),
    ],
)
def test_the_history_of_step_and_task_says_who_did_it_and_why(lab: Lab, verb: str, move: tuple[str, str]) -> None:
    task_id = lab.start(chain(), failing(one="for good"))
    lab.drain()
    getattr(lab.operations, f"{verb}_step")(lab.task(task_id)["one"].step_id, actor="ann", reason="ticket 12")

    task = lab.task(task_id)
    told = task["one"].history[-1]
    assert (told.move, told.actor, told.reason, told.attempt) == (move, "ann", "ticket 12", 1)
    reopened = task.history[-1]
    assert (reopened.move, reopened.actor, reopened.reason) == (("error", "in_progress"), "ann", "ticket 12")


def test_cancelling_a_step_again_is_no_error_and_leaves_no_second_trace(lab: Lab) -> None:
    step_id = lab.task(lab.start(chain()))["one"].step_id
    lab.operations.cancel_step(step_id, actor="ann")
    lab.operations.cancel_step(step_id, actor="bob")

    assert [change.actor for change in lab.task(1)["one"].history] == ["ann"]
