"""The steps of a task, read when first looked at."""

from __future__ import annotations

import pytest

from flask_tasker.errors import UnknownStepError
from flask_tasker.handlers import StepSequence, StepView
from flask_tasker.lifecycle import StepStatus

STEPS = [
    StepView(name="done", status=StepStatus.COMPLETE, results={"a": 1}),
    StepView(name="skipped", status=StepStatus.SKIPPED),
    StepView(name="next", status=StepStatus.PENDING, parents=("done", "skipped")),
    StepView(name="broken", status=StepStatus.ERROR, error="ValueError", parents=("done",)),
    StepView(name="held", status=StepStatus.PENDING, parents=("done", "broken")),
    StepView(name="running", status=StepStatus.IN_PROGRESS),
    StepView(name="later", status=StepStatus.PENDING, parents=("running",)),
]


class Loader:
    """Counts how often the steps were read."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> list[StepView]:
        self.calls += 1
        return STEPS


def test_a_sequence_that_nobody_looks_at_reads_nothing() -> None:
    loader = Loader()
    StepSequence(loader)
    assert loader.calls == 0


def test_a_sequence_is_read_once_however_often_it_is_looked_at() -> None:
    loader = Loader()
    sequence = StepSequence(loader)
    for _ in range(3):
        sequence.ready()
        sequence.complete()
        sequence.failed()
        list(sequence)
    assert (sequence["done"].results, len(sequence), loader.calls) == ({"a": 1}, len(STEPS), 1)


def test_steps_come_in_the_order_in_which_they_were_declared() -> None:
    assert [step.name for step in StepSequence(lambda: STEPS)] == [step.name for step in STEPS]


def test_ready_are_those_that_wait_and_whose_parents_are_done() -> None:
    assert [step.name for step in StepSequence(lambda: STEPS).ready()] == ["next"]


def test_complete_are_those_whose_handler_returned() -> None:
    assert [step.name for step in StepSequence(lambda: STEPS).complete()] == ["done"]


def test_failed_are_those_whose_last_attempt_failed() -> None:
    assert [step.name for step in StepSequence(lambda: STEPS).failed()] == ["broken"]


def test_an_unknown_step_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownStepError, match=r"no step 'x' in this task; it has \['broken', 'done', "):
        StepSequence(lambda: STEPS)["x"]


def test_a_step_is_found_by_name_as_in_the_original_engine() -> None:
    sequence = StepSequence(lambda: STEPS)
    assert sequence.find_step_by_name("broken") is STEPS[3]
    assert sequence.find_step_by_name("x") is None


def test_ready_steps_of_a_long_chain_are_found_in_one_pass() -> None:
    chain = [StepView(name="0", status=StepStatus.COMPLETE)]
    chain += [StepView(name=str(n), status=StepStatus.PENDING, parents=(str(n - 1),)) for n in range(1, 5_000)]
    assert [step.name for step in StepSequence(lambda: chain).ready()] == ["1"]
