"""How long to wait before the next attempt, and whether there is one."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.errors import HandlerDefinitionError, PermanentError, RetryableError
from flask_tasker.handlers import NO_RETRY, Backoff, Retry

seconds = st.floats(min_value=0, max_value=1e6)
backoffs = st.builds(
    Backoff,
    base=seconds.map(lambda number: timedelta(seconds=number)),
    maximum=seconds.map(lambda number: timedelta(seconds=number)),
    factor=st.floats(min_value=1, max_value=1e3),
    jitter=st.floats(min_value=0, max_value=1),
)
EXACT = Backoff(base=timedelta(seconds=2), factor=3.0, maximum=timedelta(seconds=100), jitter=0)


def test_the_wait_grows_by_the_factor_up_to_the_maximum() -> None:
    assert [EXACT.delay(attempt) for attempt in (1, 2, 3, 4, 5, 6)] == [2, 6, 18, 54, 100, 100]


@given(backoffs, st.integers(1, 10_000))
def test_a_wait_is_a_time_between_nothing_and_the_maximum(backoff: Backoff, attempt: int) -> None:
    assert 0 <= backoff.delay(attempt) <= backoff.maximum.total_seconds()


@given(backoffs, st.integers(1, 50), st.floats(0, 1))
def test_jitter_takes_at_most_its_share_of_the_wait(backoff: Backoff, attempt: int, chance: float) -> None:
    longest = backoff.delay(attempt, chance=0)
    shortest = backoff.delay(attempt, chance=1)
    assert shortest == pytest.approx(longest * (1 - backoff.jitter))
    assert shortest <= backoff.delay(attempt, chance=chance) <= longest


@given(backoffs, st.integers(1, 50))
def test_without_chance_no_wait_is_shorter_than_the_one_before(backoff: Backoff, attempt: int) -> None:
    assert backoff.delay(attempt, chance=0) <= backoff.delay(attempt + 1, chance=0)


def test_waits_of_one_attempt_differ_by_chance() -> None:
    assert len({Backoff(jitter=1).delay(5) for _ in range(20)}) > 1


def test_an_attempt_beyond_what_a_float_holds_waits_for_the_maximum() -> None:
    assert Backoff(factor=10.0, jitter=0).delay(1_000_000) == 300


def test_a_base_of_nothing_never_waits() -> None:
    assert Backoff(base=timedelta(0), factor=10.0).delay(1_000_000) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"base": timedelta(seconds=-1)},
        {"base": 2},
        {"maximum": timedelta(seconds=-1)},
        {"maximum": None},
        {"factor": 0.5},
        {"factor": math.nan},
        {"factor": math.inf},
        {"jitter": -0.1},
        {"jitter": 1.1},
        {"jitter": math.nan},
    ],
)
def test_a_backoff_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(HandlerDefinitionError, match=r"Backoff wants .*, got Backoff"):
        Backoff(**options)


@pytest.mark.parametrize("on", [ConnectionError, (ConnectionError, "x"), [ConnectionError]])
def test_exceptions_that_are_no_tuple_of_classes_are_refused(on: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match="expected a tuple of exception classes"):
        Retry(on=on)


def test_any_exception_is_retried_unless_told_otherwise() -> None:
    assert Retry(backoff=EXACT).wait_after(ValueError(), 2) == 6


def test_only_exceptions_named_by_on_are_retried() -> None:
    retry = Retry(on=(ConnectionError, KeyError), backoff=EXACT)
    assert retry.wait_after(ConnectionResetError(), 1) == 2
    assert retry.wait_after(ValueError(), 1) is None


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), GeneratorExit()])
def test_what_is_no_exception_of_the_step_is_not_retried(error: BaseException) -> None:
    assert Retry().wait_after(error, 1) is None


def test_a_retryable_error_is_retried_whatever_on_says() -> None:
    assert Retry(on=(KeyError,), backoff=EXACT).wait_after(RetryableError("busy"), 2) == 6


def test_a_permanent_error_is_never_retried() -> None:
    assert Retry(on=(Exception,)).wait_after(PermanentError("refused"), 1) is None


def test_an_error_that_is_both_is_permanent() -> None:
    class Both(RetryableError, PermanentError):
        pass

    assert Retry().wait_after(Both(), 1) is None


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (7, 7.0),
        (0.5, 0.5),
        (timedelta(minutes=2), 120.0),
        (0, 0.0),
        (-5, 0.0),
        (timedelta(seconds=-5), 0.0),
        (1e300, 31_536_000.0),
    ],
)
def test_the_wait_that_a_step_asks_for_is_the_wait(asked: Any, wait: float) -> None:
    assert Retry(backoff=EXACT).wait_after(RetryableError(retry_after=asked), 1) == wait


@pytest.mark.parametrize("asked", [None, math.nan, math.inf, "in a while", []])
def test_where_a_step_asks_for_no_time_the_backoff_decides(asked: Any) -> None:
    assert Retry(backoff=EXACT).wait_after(RetryableError(retry_after=asked), 1) == 2


def test_a_date_in_the_past_is_no_wait() -> None:
    assert Retry(backoff=EXACT).wait_after(RetryableError(retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), 1) == 0


def test_a_number_of_seconds_as_text_is_understood() -> None:
    header: Any = "120"
    assert Retry().wait_after(RetryableError(retry_after=header), 1) == 120


def test_no_retry_is_a_single_attempt() -> None:
    assert Retry(limit=1) == NO_RETRY


def test_a_retryable_error_keeps_its_message() -> None:
    assert str(RetryableError("busy", retry_after=1)) == "busy"
