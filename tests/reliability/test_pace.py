"""Which steps are quick, and how many of them are worked on together: no more than a chunk of time can hold."""

from __future__ import annotations

import pytest

from flask_tasker.engine.pace import LIGHT_SECONDS, QUICK_SECONDS, Pace
from flask_tasker.lifecycle import TOGETHER, StepMessage, StepRef
from flask_tasker.typing import HandlerKey

KEY: HandlerKey = ("default", "pace", "0.1.0")


def message(*names: str) -> StepMessage:
    """Of one task, naming these steps."""
    steps = tuple(StepRef(number, name) for number, name in enumerate(names, start=1))
    return StepMessage(task_id=1, handler=KEY, steps=steps)


def pace(**seconds: float) -> Pace:
    """Steps by name, each seen once, and how long it took."""
    made = Pace()
    for name, took in seconds.items():
        made.took(KEY, name, took)
    return made


def test_a_step_that_was_never_seen_is_not_known_to_be_quick() -> None:
    assert pace(seen=0.0).weight(message("seen", "unseen")) == 0


def test_a_step_that_takes_long_has_no_weight_and_makes_the_others_of_its_message_wait_for_nobody() -> None:
    assert pace(quick=0.0, slow=QUICK_SECONDS).weight(message("quick", "slow")) == 0


@pytest.mark.parametrize(("seconds", "weight"), [(0.0, 2), (LIGHT_SECONDS, 2), (3 * LIGHT_SECONDS, 6)])
def test_steps_weigh_as_much_as_the_slowest_of_their_message(seconds: float, weight: int) -> None:
    assert pace(one=0.0, other=seconds).weight(message("one", "other")) == weight


def test_what_is_worked_on_together_takes_no_longer_than_a_chunk_may() -> None:
    heaviest = pace(step=QUICK_SECONDS * 0.999)

    together = TOGETHER // heaviest.heaviest(KEY, ["step"])

    assert together * QUICK_SECONDS < heaviest.longest_chunk


def test_one_stall_of_the_machine_changes_little() -> None:
    seen = pace(step=LIGHT_SECONDS / 2)

    seen.took(KEY, "step", 10.0)

    assert 0 < seen.weight(message("step")) <= 2
