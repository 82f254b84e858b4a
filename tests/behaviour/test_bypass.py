"""Steps that a request bypasses."""

from __future__ import annotations

import pytest

from tests.behaviour.harness import Setup, assert_sound
from tests.behaviour.shapes import DIAMOND, LINEAR


@pytest.mark.parametrize(
    ("shape", "bypassed"), [("linear", "one"), ("linear", "three"), ("linear", "six"), ("diamond", "merge")]
)
def test_the_children_of_a_bypassed_step_run(setup: Setup, shape: str, bypassed: str) -> None:
    task = setup.run(shape, bypass=[bypassed])

    assert task.status == "complete"
    assert task[bypassed].status == "skipped"
    assert task[bypassed].attempts == 0
    assert task[bypassed].results is None
    assert {step.status for step in task.steps.values() if step.name != bypassed} == {"complete"}
    assert_sound(task)


def test_a_bypassed_parent_has_no_result(setup: Setup) -> None:
    task = setup.run("linear", bypass=["three"])

    assert task["four"].results == {"value": 1, "after": []}


def test_a_join_waits_for_its_other_parents_when_one_is_bypassed(setup: Setup) -> None:
    task = setup.run("diamond", bypass=["left-two"])

    assert task["merge"].results == {"value": task["right-two"].results["value"] + 1, "after": ["right-two"]}
    assert_sound(task)


def test_a_chain_of_bypassed_steps_is_passed_over(setup: Setup) -> None:
    task = setup.run("linear", bypass=["one", "two", "three", "four", "five"])

    assert task.status == "complete"
    assert task["six"].status == "complete"
    assert_sound(task)


def test_all_bypassed_roots_leave_the_next_steps_to_run(setup: Setup) -> None:
    task = setup.run("diamond", bypass=["start", "left-one", "right-one"])

    assert task.status == "complete"
    assert {name for name, status in task.statuses.items() if status == "complete"} == {
        "left-two",
        "right-two",
        "merge",
        "end",
    }
    assert_sound(task)


@pytest.mark.parametrize("shape", ["single", "linear", "diamond"])
def test_a_task_whose_steps_are_all_bypassed_is_complete_at_once(setup: Setup, shape: str) -> None:
    steps = {"single": ["only"], "linear": list(LINEAR), "diamond": list(DIAMOND)}[shape]

    task = setup.task(setup.start(shape, bypass=steps))

    assert task.status == "complete"
    assert [(change.source, change.target) for change in task.history] == [("pending", "complete")]
    assert_sound(task)


def test_the_history_says_who_bypassed_a_step(setup: Setup) -> None:
    task = setup.task(setup.start("linear", bypass=["three"]))

    (change,) = task["three"].history
    assert (change.source, change.target, change.reason) == ("pending", "skipped", "bypassed by the request")
