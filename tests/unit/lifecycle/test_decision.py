"""What an outcome makes of a step, and what its steps make of a task."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.lifecycle import (
    Attempt,
    Completed,
    Failed,
    GivenBack,
    Outcome,
    StepChange,
    StepStatus,
    TaskStatus,
    decide,
    decide_ended_lease,
    settled,
)
from tests.unit.lifecycle.strategies import attempts, outcomes


def attempt(number: int = 1, limit: int = 3, *, retryable: bool = True) -> Attempt:
    return Attempt(number=number, limit=limit, retryable=retryable)


def failed(retry_in: float | None = 5.0) -> Failed:
    return Failed(error="ValueError: no", trace="Traceback", retry_in=retry_in, backoff_request=5.0)


def test_a_step_that_returned_is_complete_with_its_results() -> None:
    change = decide(Completed(results={"a": 1}), attempt(2))
    assert change == StepChange(status=StepStatus.COMPLETE, results={"a": 1}, attempts=2)
    assert change.done


def test_a_failure_with_attempts_left_is_due_again() -> None:
    change = decide(failed(), attempt(1))
    assert (change.status, change.due_in, change.attempts, change.reason) == (StepStatus.ERROR, 5.0, 1, None)
    assert not change.done


def test_a_failure_keeps_its_message_its_trace_and_the_wait_that_was_asked_for() -> None:
    change = decide(failed(), attempt(1))
    assert (change.error, change.trace, change.backoff_request) == ("ValueError: no", "Traceback", 5.0)
    assert change.results is None


def test_a_failure_without_a_trace_has_none() -> None:
    assert decide(Failed(error="no", retry_in=None), attempt()).trace is None


def test_the_last_attempt_that_fails_is_final_and_says_so() -> None:
    change = decide(failed(), attempt(3))
    assert (change.due_in, change.reason) == (None, "out of attempts: 3 of 3 used")


def test_a_permanent_failure_is_final_whatever_the_limit() -> None:
    change = decide(failed(retry_in=None), attempt(1, 10))
    assert (change.due_in, change.reason) == (None, "permanent: no attempt after this one can succeed")


def test_a_step_that_is_not_retryable_fails_for_good_at_once() -> None:
    change = decide(failed(), attempt(1, 10, retryable=False))
    assert (change.due_in, change.reason) == (None, "not retryable")


def test_a_first_attempt_given_back_leaves_the_step_pending_and_uncounted() -> None:
    change = decide(GivenBack(reason="stopping"), attempt(1))
    assert change == StepChange(status=StepStatus.PENDING, reason="stopping", due_in=0.0, attempts=0)


def test_a_later_attempt_given_back_leaves_the_step_failed_and_due_at_once() -> None:
    change = decide(GivenBack(reason="stopping"), attempt(3))
    assert change == StepChange(status=StepStatus.ERROR, reason="stopping", due_in=0.0, attempts=2)


def test_an_ended_lease_is_a_failed_attempt_like_any_other() -> None:
    change = decide_ended_lease(attempt(1), retry_in=2.0)
    assert (change.status, change.due_in, change.attempts) == (StepStatus.ERROR, 2.0, 1)
    assert change.error == "lease ended: the worker of attempt 1 of 3 went silent"


@pytest.mark.parametrize(
    ("last", "reason"), [(attempt(3), "out of attempts: 3 of 3 used"), (attempt(retryable=False), "not retryable")]
)
def test_an_ended_lease_with_no_attempt_left_is_final_and_says_so(last: Attempt, reason: str) -> None:
    change = decide_ended_lease(last, retry_in=2.0)
    assert (change.status, change.due_in, change.reason) == (StepStatus.ERROR, None, reason)


@given(outcomes, attempts)
def test_decisions_agree_with_a_naive_model(outcome: Outcome, attempt: Attempt) -> None:
    change = decide(outcome, attempt)
    given_back, completed = isinstance(outcome, GivenBack), isinstance(outcome, Completed)
    again = isinstance(outcome, Failed) and outcome.retry_in is not None
    left = attempt.retryable and attempt.number < attempt.limit
    assert change.attempts == (attempt.number - 1 if given_back else attempt.number)
    assert (change.due_in is not None) == (given_back or (again and left))
    assert change.done == completed
    assert (change.error is not None) == isinstance(outcome, Failed)
    assert (change.reason is not None) == (given_back or (isinstance(outcome, Failed) and not (again and left)))


@given(outcomes, attempts)
def test_only_a_complete_step_has_results(outcome: Outcome, attempt: Attempt) -> None:
    change = decide(outcome, attempt)
    assert change.results is None or change.status is StepStatus.COMPLETE


@given(st.integers(1, 20), st.integers(1, 20))
def test_a_step_that_always_fails_is_tried_as_often_as_its_limit(limit: int, seed: int) -> None:
    number, change = 1, decide(failed(float(seed)), attempt(1, limit))
    while change.due_in is not None:
        number += 1
        change = decide(failed(float(seed)), attempt(number, limit))
    assert number == limit


def test_a_task_rests_only_when_nothing_can_run() -> None:
    assert settled(any_can_run=True, all_done=False) is None


def test_a_task_all_of_whose_steps_are_done_is_complete() -> None:
    assert settled(any_can_run=False, all_done=True) is TaskStatus.COMPLETE


def test_a_task_that_can_neither_run_nor_be_done_is_in_error() -> None:
    assert settled(any_can_run=False, all_done=False) is TaskStatus.ERROR
