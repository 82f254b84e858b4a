"""Assertions that read well and show the table of steps where they fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flask_tasker.errors import PermanentError, UnknownStepError
from flask_tasker.handlers import TaskHandler
from flask_tasker.testing.assertions import (
    assert_attempts,
    assert_complete,
    assert_failed,
    assert_order,
    assert_status,
)
from flask_tasker.testing.in_memory import run_handler
from tests.unit.making import handler, template


@handler()
class Chain(TaskHandler):
    step_templates = (template("a"), template("b", "a"), template("c", "b", skippable=True))


GOOD = run_handler(Chain)
SHORT = run_handler(Chain, bypass_steps=["c"])
BAD = run_handler(Chain, answers={"b": PermanentError("card refused")})


@pytest.mark.parametrize(
    "holds",
    [
        lambda: assert_complete(GOOD),
        lambda: assert_complete(SHORT),
        lambda: assert_failed(BAD),
        lambda: assert_failed(BAD, step="b"),
        lambda: assert_failed(BAD, step="b", error="refused"),
        lambda: assert_failed(BAD, error="card"),
        lambda: assert_status(BAD, "pending", "c"),
        lambda: assert_status(GOOD, "complete", "a", "b", "c"),
        lambda: assert_order(GOOD, "a", "c"),
        lambda: assert_order(GOOD, "a", "b", "c"),
        lambda: assert_attempts(BAD, "b", 1),
        lambda: assert_attempts(BAD, "c", 0),
    ],
)
def test_what_holds_passes(holds: Callable[[], None]) -> None:
    holds()


@pytest.mark.parametrize(
    ("fails", "message"),
    [
        (lambda: assert_complete(BAD), "expected order to be complete"),
        (lambda: assert_failed(GOOD), "expected order to end in error"),
        (lambda: assert_failed(BAD, step="a"), "expected step 'a' to fail"),
        (lambda: assert_failed(BAD, error="stock"), "expected an error with 'stock' in b"),
        (lambda: assert_status(BAD, "complete", "a", "c"), "expected step 'c' to be complete, it is pending"),
        (lambda: assert_order(GOOD, "c", "a"), "expected c before a, got a before c"),
        (lambda: assert_order(BAD, "a", "c"), "expected step 'c' to run, it did not"),
        (lambda: assert_order(SHORT, "a", "c"), "expected step 'c' to run, it did not"),
        (lambda: assert_attempts(BAD, "b", 2), "expected 2 attempts of step 'b', got 1"),
    ],
)
def test_what_does_not_hold_says_so_above_the_table_of_steps(fails: Callable[[], None], message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        fails()
    first, title, heads = str(caught.value).splitlines()[:3]
    assert first == message
    assert title.startswith("order: ")
    assert heads.split()[:3] == ["step", "status", "attempts"]


@pytest.mark.parametrize("check", [assert_order, lambda report, name: assert_attempts(report, name, 1)])
def test_a_step_that_is_not_there_is_another_error(check: Callable[[Any, str], None]) -> None:
    with pytest.raises(UnknownStepError, match=r"no step 'x'; order has \['a', 'b', 'c'\]"):
        check(GOOD, "x")
