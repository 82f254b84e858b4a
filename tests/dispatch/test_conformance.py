"""Every dispatcher delivers; and whatever it delivers twice, late, in another order or wrongly changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flask_tasker.lifecycle import StepMessage, StepRef
from tests.behaviour.by_hand import nothing
from tests.behaviour.harness import Setup, TaskRecord, assert_sound, eventually
from tests.behaviour.shapes import SHAPES, results_of

NOBODY = 10**9


def message(task: TaskRecord, names: Sequence[str], *, handler: str) -> StepMessage:
    """A message that names steps of a task."""
    steps = tuple(StepRef(task[name].step_id, name) for name in names)
    return StepMessage(task_id=task.task_id, handler=("default", handler, "0.1.0"), steps=steps)


def one_message_each(task: TaskRecord, names: Sequence[str], *, handler: str) -> list[StepMessage]:
    """Messages that name a step each."""
    return [message(task, [name], handler=handler) for name in names]


def silent(setup: Setup, handler: str) -> TaskRecord:
    """A task of which no message tells yet."""
    return setup.task(setup.start_by_hand(handler, nothing))


@pytest.mark.parametrize("handler", ["linear", "diamond", "parallel_merge"])
def test_messages_alone_bring_a_task_to_its_end(unswept: Setup, handler: str) -> None:
    task = unswept.run(handler)

    assert task.status == "complete"
    assert task.results == results_of(SHAPES[handler])
    assert_sound(task)


def test_a_message_may_name_several_steps(unswept: Setup) -> None:
    task = silent(unswept, "parallel_merge")

    unswept.send(message(task, ["first-one", "second-one", "third", "fourth"], handler="parallel_merge"))

    task = unswept.finish(task.task_id)
    assert task.status == "complete"
    assert_sound(task)


def test_a_message_that_comes_many_times_runs_its_step_once(unswept: Setup) -> None:
    task = silent(unswept, "diamond")

    unswept.send(*[message(task, ["start"], handler="diamond")] * 10)

    task = unswept.finish(task.task_id)
    assert task.status == "complete"
    assert task["start"].attempts == 1
    assert_sound(task)


def test_messages_in_reverse_order_run_the_steps_in_theirs(unswept: Setup) -> None:
    task = silent(unswept, "diamond")

    unswept.send(*reversed(one_message_each(task, list(task.steps), handler="diamond")))

    task = unswept.finish(task.task_id)
    assert task.status == "complete"
    assert_sound(task)


def test_a_message_for_a_step_whose_parents_are_not_done_changes_nothing(unswept: Setup) -> None:
    before = silent(unswept, "linear")

    unswept.send(message(before, ["two", "three"], handler="linear"))
    unswept.run("linear")

    assert unswept.task(before.task_id) == before


def test_messages_that_come_after_the_end_change_nothing(unswept: Setup) -> None:
    before = unswept.run("diamond")

    unswept.send(*one_message_each(before, list(before.steps), handler="diamond"))
    unswept.run("linear")

    assert unswept.task(before.task_id) == before


def test_unknown_steps_and_tasks_are_harmless(unswept: Setup) -> None:
    key = ("default", "linear", "0.1.0")

    unswept.send(
        StepMessage(task_id=NOBODY, handler=key, steps=(StepRef(NOBODY, "one"),)),
        StepMessage(task_id=NOBODY, handler=key, steps=()),
        StepMessage(task_id=NOBODY, handler=("no", "such", "handler"), steps=(StepRef(NOBODY, "one"),)),
        StepMessage(task_id=NOBODY, handler=key, steps=(StepRef(NOBODY, "no such step"),)),
    )

    assert unswept.run("linear").status == "complete"


def test_a_message_that_names_a_step_of_another_task_changes_nothing(unswept: Setup) -> None:
    before, other = silent(unswept, "linear"), silent(unswept, "linear")
    wrong = StepMessage(
        task_id=other.task_id, handler=("default", "linear", "0.1.0"), steps=(StepRef(before["one"].step_id, "one"),)
    )

    unswept.send(wrong)
    unswept.run("linear")

    assert unswept.task(before.task_id) == before
    assert unswept.task(other.task_id) == other


def test_a_message_that_names_the_wrong_handler_costs_no_attempt(unswept: Setup) -> None:
    task = silent(unswept, "linear")
    wrong = StepMessage(
        task_id=task.task_id, handler=("default", "diamond", "0.1.0"), steps=(StepRef(task["one"].step_id, "start"),)
    )

    unswept.send(wrong)
    eventually(lambda: [change.target for change in unswept.task(task.task_id)["one"].history][1:] == ["pending"])
    unswept.send(message(task, ["one"], handler="linear"))

    task = unswept.finish(task.task_id)
    assert task.status == "complete"
    assert {step.attempts for step in task.steps.values()} == {1}
