"""Whatever makes a step ready without a message of its own tells of it: busy workers leave ready steps to messages."""

from __future__ import annotations

from dataclasses import replace

from flask_tasker.engine import Runtime, Sweep
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.reclaim import give_back, reclaim_ended
from flask_tasker.engine.telling import tell_of
from flask_tasker.lifecycle import StepMessage, StepRef
from tests.reliability.lab import Lab
from tests.reliability.moments import end_leases
from tests.reliability.shapes import chain


def telling(lab: Lab, sent: list[StepMessage]) -> Runtime:
    """The process, and what it sends."""
    return replace(lab.runtime, send=sent.extend)


def names(sent: list[StepMessage]) -> list[str]:
    """The steps that were told of."""
    return [ref.name for told in sent for ref in told.steps]


def claimed(lab: Lab) -> tuple[int, StepMessage]:
    """A task whose first step is claimed, and the message that told of it."""
    handler = chain()
    task_id = lab.start(handler, {})
    told = lab.message(handler, task_id, "one")
    claim_all(lab.runtime, [told])
    return task_id, told


def asked_to_stop(lab: Lab, told: StepMessage) -> None:
    """An operator wants the step to be cancelled."""
    lab.operations.cancel_step(told.steps[0].step_id, actor="operator")


def test_a_step_that_is_given_back_is_told_of(lab: Lab) -> None:
    sent: list[StepMessage] = []
    _, told = claimed(lab)

    for holding in lab.runtime.holdings.take_out():
        give_back(telling(lab, sent), holding)

    assert sent == [told]


def test_of_a_step_that_was_asked_to_stop_its_children_are_told_when_it_is_given_back(lab: Lab) -> None:
    sent: list[StepMessage] = []
    task_id, told = claimed(lab)
    asked_to_stop(lab, told)

    for holding in lab.runtime.holdings.take_out():
        give_back(telling(lab, sent), holding)

    assert lab.task(task_id)["one"].status == "cancelled"
    assert names(sent) == ["two"]


def test_of_a_step_that_was_asked_to_stop_its_children_are_told_when_its_lease_has_ended(lab: Lab) -> None:
    sent: list[StepMessage] = []
    later: list[StepMessage] = []
    task_id, told = claimed(lab)
    asked_to_stop(lab, told)
    end_leases(lab)

    assert reclaim_ended(replace(telling(lab, sent), later=lambda _seconds, message: later.append(message))) == 1

    assert lab.task(task_id)["one"].status == "cancelled"
    assert (names(sent), later) == (["two"], [])


def test_a_child_that_was_missed_is_told_of_by_the_sweep_that_finds_it(lab: Lab) -> None:
    sent: list[StepMessage] = []
    task_id, _ = claimed(lab)
    lab.runtime.holdings.take_out()
    # Its worker died between the record and the look at the children.
    lab.execute(
        "UPDATE tasker_workflow_steps SET status = 'complete', processed_at = updated_at, lease_token = NULL, "
        "leased_until = NULL, leased_by = NULL WHERE lease_token IS NOT NULL"
    )

    assert Sweep(telling(lab, sent)).mend_all() == 1

    assert names(sent) == ["two"]
    assert lab.task(task_id)["two"].next_attempt_at is not None


def test_of_a_task_that_was_purged_meanwhile_nothing_is_told(lab: Lab) -> None:
    sent: list[StepMessage] = []

    tell_of(telling(lab, sent), 10**9, [StepRef(1, "gone")])

    assert sent == []
