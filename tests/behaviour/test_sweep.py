"""The sweep's five questions: whatever was lost, and between whichever two commits, the task goes on."""

from __future__ import annotations

from tests.behaviour.by_hand import LONG_AGO, complete, failed, leased, nothing, steps_as
from tests.behaviour.harness import Setup, assert_sound
from tests.behaviour.shapes import DIAMOND, LINEAR, results_of

RESULTS = results_of(LINEAR)


def test_a_ready_step_whose_message_was_lost_runs(setup: Setup) -> None:
    task = setup.finish(setup.start_by_hand("linear", nothing))

    assert task.status == "complete"
    assert task.results == RESULTS
    assert_sound(task)


def test_a_due_retry_that_no_timer_knows_runs(setup: Setup) -> None:
    by_hand = steps_as(one=failed(attempts=1, due=LONG_AGO))

    task = setup.finish(setup.start_by_hand("linear", by_hand))

    assert task.status == "complete"
    assert task["one"].attempts == 2
    assert_sound(task)


def test_a_step_whose_lease_ended_is_tried_again_and_the_attempt_counts(setup: Setup) -> None:
    task = setup.finish(setup.start_by_hand("linear", steps_as(one=leased(attempts=1))))

    assert task.status == "complete"
    assert task["one"].attempts == 2
    lost = task["one"].failures[0]
    assert lost.error == "lease ended: the worker of attempt 1 of 3 went silent"
    assert lost.attempt == 1
    assert_sound(task)


def test_a_step_whose_last_attempt_lost_its_lease_has_failed_for_good(setup: Setup) -> None:
    task = setup.finish(setup.start_by_hand("linear", steps_as(one=leased(attempts=3))))

    assert task.status == "error"
    assert task["one"].attempts == 3
    assert task["one"].next_attempt_at is None
    assert task["one"].error == "lease ended: the worker of attempt 3 of 3 went silent"
    assert task["one"].failures[-1].reason == "out of attempts: 3 of 3 used"
    assert task["two"].status == "pending"
    assert_sound(task)


def test_a_child_whose_parents_are_done_but_which_is_not_marked_ready_runs(setup: Setup) -> None:
    task = setup.finish(setup.start_by_hand("linear", steps_as(one=complete(RESULTS["one"]))))

    assert task.status == "complete"
    assert task.results == RESULTS
    assert task["one"].attempts == 1
    assert_sound(task)


def test_a_join_that_both_of_its_parents_missed_runs(setup: Setup) -> None:
    results = results_of(DIAMOND)
    done = {name: complete(results[name]) for name in DIAMOND if name not in ("merge", "end")}

    task = setup.finish(setup.start_by_hand("diamond", steps_as(**done)))

    assert task.status == "complete"
    assert task.results == results
    assert_sound(task)


def test_an_open_task_whose_steps_are_all_done_is_completed(setup: Setup) -> None:
    done = {name: complete(RESULTS[name]) for name in LINEAR}

    task = setup.finish(setup.start_by_hand("linear", steps_as(**done)))

    assert task.status == "complete"
    assert {step.attempts for step in task.steps.values()} == {1}
    assert_sound(task)


def test_an_open_task_in_which_nothing_can_run_is_put_in_error(setup: Setup) -> None:
    by_hand = steps_as(one=complete(RESULTS["one"]), two=failed(attempts=3, due=None))

    task = setup.finish(setup.start_by_hand("linear", by_hand))

    assert task.status == "error"
    assert task["two"].attempts == 3
    assert task["three"].status == "pending"
    assert_sound(task)
