"""Which steps are quick, and how many of them are worked on together: no more than a chunk of time can hold."""

from __future__ import annotations

import pytest

from flask_tasker import StepTemplate, TaskHandler, task_handler
from flask_tasker.engine.pace import LIGHT_SECONDS, QUICK_SECONDS, Pace, by_code
from flask_tasker.handlers import HandlerFactory
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


class Work:
    """The work of many steps."""

    def handle(self, *_: object) -> None:
        """Nothing."""


class Other(Work):
    """The work of others."""


def known_by_code(*templates: StepTemplate) -> tuple[Pace, HandlerKey]:
    """Of a handler of these steps and one more, ``seen``, an attempt of which was quick."""
    factory = HandlerFactory()
    seen = StepTemplate(name="seen", handler_class=Work)
    handler: type[TaskHandler[object]] = type("Fan", (TaskHandler,), {"step_templates": [seen, *templates]})
    key = task_handler("fan", factory=factory)(handler).key()
    made = Pace(alike=by_code(factory))
    made.took(key, "seen", 0.0)
    return made, key


def test_a_step_is_taken_to_be_as_quick_as_one_whose_work_the_same_code_does() -> None:
    made, key = known_by_code(*(StepTemplate(name=name, handler_class=Work) for name in ("one", "other")))

    assert made.is_quick(key, ["one", "other"])
    assert made.heaviest(key, ["one", "other"]) == 1


def test_a_step_that_was_seen_is_known_by_its_own_attempts() -> None:
    made, key = known_by_code(StepTemplate(name="slow", handler_class=Work))

    made.took(key, "slow", 1.0)

    assert not made.is_quick(key, ["slow"])
    assert made.is_quick(key, ["seen"])


@pytest.mark.parametrize(
    "template",
    [
        StepTemplate(name="new", handler_class=Other),
        StepTemplate(name="new", handler_class=Work, transactional=True),
        StepTemplate(name="new", handler_class=Work, default_retryable=False),
        StepTemplate(name="new", handler_class=Work, default_retry_limit=1),
    ],
    ids=["of another code", "that commits by itself", "not to be retried", "to be tried once"],
)
def test_of_other_steps_nothing_is_concluded(template: StepTemplate) -> None:
    made, key = known_by_code(template)

    assert not made.is_quick(key, ["new"])
