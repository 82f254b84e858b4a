"""The tables of what may become what."""

from __future__ import annotations

import pytest
from hypothesis import given

from flask_tasker.lifecycle import (
    DONE_STEP,
    OPEN_STEP,
    OPEN_TASK,
    PROCESSED_STEP,
    STEP_TRANSITIONS,
    TASK_TRANSITIONS,
    Attempt,
    Completed,
    Event,
    Failed,
    GivenBack,
    Outcome,
    StepStatus,
    TaskStatus,
    decide,
    decide_ended_lease,
    step_sources,
    task_sources,
)
from tests.unit.lifecycle.strategies import attempts, outcomes

EVENT_OF = {Completed: Event.RETURNED, Failed: Event.FAILED, GivenBack: Event.GIVEN_BACK}


@given(outcomes, attempts)
def test_whatever_is_decided_is_a_legal_transition(outcome: Outcome, attempt: Attempt) -> None:
    target = decide(outcome, attempt).status
    assert StepStatus.IN_PROGRESS in step_sources(EVENT_OF[type(outcome)], target)


@given(attempts)
def test_an_ended_lease_is_a_legal_transition(attempt: Attempt) -> None:
    target = decide_ended_lease(attempt, retry_in=1.0).status
    assert StepStatus.IN_PROGRESS in step_sources(Event.LEASE_ENDED, target)


def test_no_transition_is_listed_twice() -> None:
    assert len(set(STEP_TRANSITIONS)) == len(STEP_TRANSITIONS)
    assert len(set(TASK_TRANSITIONS)) == len(TASK_TRANSITIONS)


def test_every_transition_changes_the_state() -> None:
    assert [each for each in (*STEP_TRANSITIONS, *TASK_TRANSITIONS) if each.source == each.target] == []


def test_every_state_is_a_state_of_its_kind() -> None:
    assert {state for each in STEP_TRANSITIONS for state in each[1:]} == set(StepStatus)
    assert {state for each in TASK_TRANSITIONS for state in each[1:]} == set(TaskStatus)


@pytest.mark.parametrize("status", DONE_STEP)
def test_nothing_happens_to_a_step_that_is_done(status: StepStatus) -> None:
    assert [each for each in STEP_TRANSITIONS if each.source == status] == []


@pytest.mark.parametrize("status", [TaskStatus.COMPLETE, TaskStatus.CANCELLED, TaskStatus.RESOLVED_MANUALLY])
def test_nothing_happens_to_a_task_that_is_final(status: TaskStatus) -> None:
    assert [each for each in TASK_TRANSITIONS if each.source == status] == []


@pytest.mark.parametrize("status", OPEN_STEP)
def test_every_open_step_can_still_be_done(status: StepStatus) -> None:
    reached, frontier = {str(status)}, [str(status)]
    while frontier:
        source = frontier.pop()
        found = {each.target for each in STEP_TRANSITIONS if each.source == source} - reached
        reached |= found
        frontier.extend(found)
    assert reached & set(DONE_STEP)


def test_only_a_claim_starts_a_step() -> None:
    assert {each.event for each in STEP_TRANSITIONS if each.target == StepStatus.IN_PROGRESS} == {Event.CLAIMED}


def test_only_a_step_that_waits_can_be_claimed() -> None:
    assert set(step_sources(Event.CLAIMED, StepStatus.IN_PROGRESS)) == {StepStatus.PENDING, StepStatus.ERROR}


def test_only_a_running_step_can_complete() -> None:
    assert [each for each in STEP_TRANSITIONS if each.target == StepStatus.COMPLETE] == [
        (Event.RETURNED, StepStatus.IN_PROGRESS, StepStatus.COMPLETE)
    ]


def test_a_failed_step_alone_can_be_retried() -> None:
    assert step_sources(Event.RETRIED, StepStatus.PENDING) == (StepStatus.ERROR,)


@pytest.mark.parametrize(
    ("event", "target"),
    [(Event.RESOLVED, StepStatus.RESOLVED_MANUALLY), (Event.SKIPPED, StepStatus.SKIPPED)],
)
def test_a_step_is_mended_by_hand_from_pending_or_error(event: Event, target: StepStatus) -> None:
    assert set(step_sources(event, target)) == {StepStatus.PENDING, StepStatus.ERROR}


def test_any_open_step_can_be_cancelled() -> None:
    assert set(step_sources(Event.CANCELLED, StepStatus.CANCELLED)) == set(OPEN_STEP)


def test_a_task_is_cancelled_unless_it_is_complete_or_resolved() -> None:
    assert set(task_sources(Event.CANCELLED, TaskStatus.CANCELLED)) == {*OPEN_TASK, TaskStatus.ERROR}


def test_a_task_in_error_is_reopened_or_resolved() -> None:
    assert task_sources(Event.REOPENED, TaskStatus.IN_PROGRESS) == (TaskStatus.ERROR,)
    assert task_sources(Event.RESOLVED, TaskStatus.RESOLVED_MANUALLY) == (TaskStatus.ERROR,)


def test_a_task_all_of_whose_steps_are_bypassed_completes_without_a_claim() -> None:
    assert TaskStatus.PENDING in task_sources(Event.ALL_DONE, TaskStatus.COMPLETE)


def test_an_event_that_leads_nowhere_has_no_sources() -> None:
    assert step_sources(Event.RETURNED, StepStatus.SKIPPED) == ()


def test_done_and_open_divide_the_states_of_a_step() -> None:
    assert set(DONE_STEP) | set(OPEN_STEP) == set(StepStatus)
    assert not set(DONE_STEP) & set(OPEN_STEP)
    assert set(PROCESSED_STEP) < set(DONE_STEP)
