"""Steps that fail: how often they are tried, and what becomes of the rest of the task."""

from __future__ import annotations

import pytest

from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, assert_sound
from tests.behaviour.shapes import LINEAR, results_of


@pytest.mark.parametrize("failures", [1, 2])
def test_a_step_that_fails_within_its_limit_is_tried_again_until_it_succeeds(setup: Setup, failures: int) -> None:
    task = setup.run("linear", failing("three", *["fail"] * failures, "succeed"))

    assert task.status == "complete"
    assert task.results == results_of(LINEAR)
    assert task["three"].attempts == failures + 1
    assert [change.target for change in task["three"].history] == ["in_progress", "error"] * failures + [
        "in_progress",
        "complete",
    ]
    assert_sound(task)


def test_a_step_that_always_fails_is_tried_as_often_as_its_limit_says(setup: Setup) -> None:
    task = setup.run("linear", failing("three", "fail"))

    assert task.status == "error"
    assert task["three"].attempts == 3
    assert task["three"].error == "ValueError: as told"
    assert task["three"].next_attempt_at is None
    assert task["three"].failures[-1].reason == "out of attempts: 3 of 3 used"
    assert_sound(task)


def test_the_children_of_a_failed_step_stay_pending(setup: Setup) -> None:
    task = setup.run("linear", failing("three", "fail for good"))

    assert task.statuses == {
        "one": "complete",
        "two": "complete",
        "three": "error",
        "four": "pending",
        "five": "pending",
        "six": "pending",
    }


def test_every_failure_is_kept_in_the_history_with_its_traceback(setup: Setup) -> None:
    task = setup.run("linear", failing("three", "lose the connection", "fail", "succeed"))

    first, second = task["three"].failures
    assert first.error is not None
    assert first.error.rstrip().endswith("ConnectionError: as told")
    assert second.error is not None
    assert second.error.rstrip().endswith("ValueError: as told")
    assert "Traceback" in second.error


def test_the_error_of_an_earlier_attempt_is_gone_from_a_step_that_succeeded(setup: Setup) -> None:
    task = setup.run("linear", failing("three", "fail", "succeed"))

    assert task["three"].error is None


def test_a_permanent_error_is_not_tried_again(setup: Setup) -> None:
    task = setup.run("single", failing("only", "fail for good"))

    assert task.status == "error"
    assert task["only"].attempts == 1
    assert task["only"].failures[0].reason == "permanent: no attempt after this one can succeed"
    assert_sound(task)


def test_a_permanent_error_ends_the_retries_of_earlier_failures(setup: Setup) -> None:
    task = setup.run("single", failing("only", "fail", "fail for good"))

    assert task["only"].attempts == 2
    assert task.status == "error"


def test_a_step_that_is_not_retryable_is_tried_once_whatever_its_limit(setup: Setup) -> None:
    task = setup.run("stubborn")

    assert task.status == "error"
    assert task["only"].attempts == 1
    assert_sound(task)


def test_no_retry_is_a_single_attempt(setup: Setup) -> None:
    task = setup.run("single_try", failing("only", "fail"))

    assert task.status == "error"
    assert task["only"].attempts == 1
    assert_sound(task)


@pytest.mark.parametrize(("failure", "attempts"), [("lose the connection", 3), ("fail", 1), ("ask for a wait", 3)])
def test_only_what_the_policy_names_is_tried_again(setup: Setup, failure: str, attempts: int) -> None:
    task = setup.run("choosy", failing("only", failure))

    assert task.status == "error"
    assert task["only"].attempts == attempts
    assert_sound(task)


def test_a_retryable_error_says_how_long_to_wait(setup: Setup) -> None:
    task = setup.run("single", failing("only", "ask for a wait", "succeed"))

    first, again = task["only"].claims[:2]
    assert task.status == "complete"
    # From the claim: the line about the failure may be written long after the wait was set.
    assert (again.at - first.at).total_seconds() >= 0.7
    assert_sound(task)


@pytest.mark.parametrize("failure", ["fail", "fail for good"])
def test_one_failed_branch_lets_the_other_run_to_its_end(setup: Setup, failure: str) -> None:
    task = setup.run("diamond", failing("left-one", failure))

    assert task.status == "error"
    assert task.statuses == {
        "start": "complete",
        "left-one": "error",
        "left-two": "pending",
        "right-one": "complete",
        "right-two": "complete",
        "merge": "pending",
        "end": "pending",
    }
    assert_sound(task)


def test_two_failed_branches_make_one_failed_task(setup: Setup) -> None:
    task = setup.run("diamond", {"plan": {"left-two": ["fail"], "right-two": ["fail for good"]}})

    assert task.status == "error"
    assert {name: task[name].status for name in ("left-two", "right-two", "merge")} == {
        "left-two": "error",
        "right-two": "error",
        "merge": "pending",
    }
    assert (task["left-two"].attempts, task["right-two"].attempts) == (3, 1)
    assert [change.target for change in task.history] == ["in_progress", "error"]
    assert_sound(task)


@pytest.mark.parametrize("ending", ["exit", "interrupt"])
def test_a_handler_that_ends_its_process_fails_and_the_worker_lives_on(setup: Setup, ending: str) -> None:
    task = setup.run("linear", failing("three", ending))

    assert task.status == "error"
    assert task["three"].status == "error"
    assert task["three"].error is not None
    assert_sound(task)
    assert setup.run("linear").status == "complete"
