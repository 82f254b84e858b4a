"""What a step may read of the steps before it."""

from __future__ import annotations

import pytest

from flask_tasker.errors import UndeclaredDependencyError
from flask_tasker.handlers import StepRun, TaskHandler, step
from tests.unit.making import an_attempt, handler


@handler()
class Chain(TaskHandler):
    @step
    def one(self, run: StepRun) -> int:
        return 1

    @step(depends_on=one)
    def two(self, run: StepRun) -> int:
        return 2

    @step(depends_on=two)
    def three(self, run: StepRun) -> int:
        return 3

    @step
    def aside(self, run: StepRun) -> int:
        return 0


RESULTS = {"one": 1, "two": 2, "aside": 0}


def run_of_three() -> StepRun:
    graph = Chain.definition.graph
    return an_attempt(
        "three",
        parents=graph.parents["three"],
        ancestors=lambda: graph.ancestors("three"),
        load_result=RESULTS.get,
    )


def test_the_result_of_a_parent_is_read_by_its_method() -> None:
    assert run_of_three().result(Chain().two) == 2


def test_the_result_of_a_parent_is_read_by_the_class_attribute() -> None:
    assert run_of_three().result(Chain.two) == 2


def test_the_result_of_a_parent_is_read_by_its_name() -> None:
    assert run_of_three().result("two") == 2


def test_the_result_of_an_ancestor_is_read_like_that_of_a_parent() -> None:
    assert run_of_three().result(Chain().one) == 1


@pytest.mark.parametrize("name", ["aside", "three", "nowhere"])
def test_reading_a_step_that_is_no_ancestor_is_an_error_that_names_the_allowed_ones(name: str) -> None:
    with pytest.raises(
        UndeclaredDependencyError,
        match=rf"step 'three' reads the result of '{name}'.*these are \['one', 'two'\]. Add it to depends_on.",
    ):
        run_of_three().result(name)


def test_the_result_of_a_skipped_parent_is_none() -> None:
    run = an_attempt("three", parents=("two",))
    assert run.result("two") is None


def test_ancestors_are_not_asked_for_where_the_parents_answer() -> None:
    def unasked() -> frozenset[str]:
        raise AssertionError("walked the graph for a parent")

    run = an_attempt("three", parents=("two",), ancestors=unasked, load_result=RESULTS.get)
    assert run.result("two") == 2


def test_the_idempotency_key_is_the_same_in_every_attempt_and_of_no_other_step() -> None:
    keys = [an_attempt(task_id=3, step_id=step_id, attempt=n).idempotency_key for step_id in (7, 8) for n in (1, 2)]
    assert keys == ["tasker-3-7", "tasker-3-7", "tasker-3-8", "tasker-3-8"]
