"""When a step is tried again: as the other system asks, as its policy says, and no later than the app allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flask_tasker import NO_RETRY, Backoff, Retry, RetryableError, StepRun, TaskHandler, step, task_handler
from flask_tasker.handlers.retry_after import retry_after_seconds
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.records import StepRecord

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (30, 30.0),
        (0.5, 0.5),
        ("120", 120.0),
        (" 7 ", 7.0),
        (timedelta(minutes=2), 120.0),
        (NOW + timedelta(seconds=9), 9.0),
        (NOW.replace(tzinfo=None) + timedelta(seconds=9), 9.0),
        ("Sun, 01 Mar 2026 12:00:45 GMT", 45.0),
        ("Sunday, 01-Mar-26 12:00:45 GMT", 45.0),
        ("Sun, 01 Mar 2026 13:00:45 +0100", 45.0),
    ],
)
def test_a_retry_after_is_read_as_http_writes_it(value: Any, seconds: float) -> None:
    assert retry_after_seconds(value, NOW) == seconds


PAST = [-5, "-5", timedelta(seconds=-1), "Sun, 01 Mar 2026 11:00:00 GMT", NOW - timedelta(days=1)]


@pytest.mark.parametrize("value", PAST)
def test_a_retry_after_in_the_past_is_no_wait(value: Any) -> None:
    assert retry_after_seconds(value, NOW) == 0.0


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "",
        "nan",
        "inf",
        float("nan"),
        10**400,
        "1" * 400,
        "Foo, 99 Bar 2026 12:00:45 GMT",
        "Sun, 01 Mar 99999 12:00:45 GMT",
        "Sun, 01 Mar 2026 12:00:45 +99999999999999999999",
        "\x00",
        object(),
    ],
)
def test_a_retry_after_that_is_garbage_says_nothing_and_is_logged(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert retry_after_seconds(value, NOW) is None
    assert "the backoff decides" in caplog.text


def asking_for(retry_after: Any, lab: Lab, backoff: Backoff | None = None) -> StepRecord:
    """Run a step that asks for a wait, once, and give it back as it waits."""
    retry = Retry(limit=2, backoff=backoff or Backoff(base=timedelta(minutes=7), maximum=timedelta(days=9), jitter=0))

    @task_handler("asking")
    class Asking(TaskHandler):
        @step(retry=retry)
        def only(self, run: StepRun) -> None:
            raise RetryableError("busy", retry_after=retry_after)

    task_id = lab.start(Asking)
    lab.drain()
    task = lab.task(task_id)
    assert task.status == "in_progress"
    assert_legal(task)
    return task["only"]


def wait_of(step: StepRecord) -> float:
    """Seconds between its failure and its next attempt, both written by one statement."""
    assert step.next_attempt_at is not None
    return (step.next_attempt_at - step.updated_at).total_seconds()


@pytest.mark.parametrize(("asked", "seconds"), [(30, 30), ("90", 90), (timedelta(hours=1), 3600)])
def test_a_step_waits_as_long_as_it_asks(lab: Lab, asked: Any, seconds: float) -> None:
    step = asking_for(asked, lab)

    assert wait_of(step) == pytest.approx(seconds, abs=0.5)
    assert step.backoff_request == seconds


def test_a_date_is_read_against_the_databases_clock_whatever_the_worker_believes(lab: Lab) -> None:
    lab.state.move_clock(86_400)
    tomorrow = datetime.now(UTC) + timedelta(days=1, seconds=60)

    step = asking_for(tomorrow.strftime("%a, %d %b %Y %H:%M:%S GMT"), lab)

    assert wait_of(step) == pytest.approx(60, abs=10)


def test_a_step_that_asks_for_a_time_in_the_past_is_tried_again_at_once(lab: Lab) -> None:
    @task_handler("asking")
    class Asking(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            if run.attempt == 1:
                raise RetryableError("busy", retry_after="Sun, 01 Mar 2020 12:00:00 GMT")
            return "done"

    task_id = lab.start(Asking)
    lab.drain()

    assert lab.task(task_id)["only"].results == "done"


def test_a_step_that_asks_for_garbage_waits_as_its_backoff_says(lab: Lab) -> None:
    step = asking_for("when I feel better", lab)

    assert wait_of(step) == pytest.approx(420, abs=0.5)
    assert step.backoff_request is None


@pytest.mark.parametrize("asked", [3600, "Fri, 01 Jan 2100 00:00:00 GMT", None])
def test_no_wait_is_longer_than_the_app_allows_and_that_is_logged(
    make_lab: MakeLab, asked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    step = asking_for(asked, make_lab(TASKER_MAX_BACKOFF_SECONDS=60))

    assert wait_of(step) == pytest.approx(60, abs=0.5)
    assert f"step 'only' of task {1} asks to wait" in caplog.text
    assert "TASKER_MAX_BACKOFF_SECONDS allows 60" in caplog.text


def test_full_jitter_draws_between_nothing_and_the_whole() -> None:
    backoff = Backoff(base=timedelta(seconds=2), factor=3, maximum=timedelta(seconds=10), jitter=1)

    assert [backoff.delay(2, chance=chance) for chance in (0, 0.5, 1)] == [6, 3, 0]
    assert backoff.delay(9, chance=0) == 10


def test_proportional_jitter_leaves_only_its_share_to_chance() -> None:
    backoff = Backoff(base=timedelta(seconds=2), factor=3, maximum=timedelta(seconds=10), jitter=0.25)

    assert [backoff.delay(1, chance=chance) for chance in (0, 1)] == [2, 1.5]
    assert [backoff.delay(9, chance=chance) for chance in (0, 1)] == [10, 7.5]


class Refused(ConnectionError):
    """A connection that will never come about."""


@pytest.mark.parametrize(("error", "attempts"), [(ConnectionError, 3), (Refused, 1), (ValueError, 1)])
def test_a_policy_names_what_is_tried_again_and_what_is_given_up(
    lab: Lab, error: type[Exception], attempts: int
) -> None:
    policy = Retry(limit=3, backoff=Backoff(base=timedelta(0)), on=(ConnectionError,), give_up_on=(Refused,))

    @task_handler("choosy")
    class Choosy(TaskHandler):
        @step(retry=policy)
        def only(self, run: StepRun) -> None:
            raise error("as told")

    task = lab.run(Choosy)

    assert task["only"].attempts == attempts
    assert task.status == "error"
    assert_legal(task)


def test_what_is_given_up_is_so_although_it_asks_to_be_tried_again(lab: Lab) -> None:
    class Gone(RetryableError):
        pass

    @task_handler("gone")
    class IsGone(TaskHandler):
        @step(retry=Retry(limit=3, give_up_on=(Gone,)))
        def only(self, run: StepRun) -> None:
            raise Gone("410", retry_after=1)

    assert lab.run(IsGone)["only"].history[-1].reason == "permanent: no attempt after this one can succeed"


@dataclass
class Order:
    """A context with a rule of its own."""

    number: int

    def __post_init__(self) -> None:
        if self.number == 13:
            raise SystemExit("half \x00 a \ud800 pair" + "!" * 100_000)


@pytest.mark.parametrize("context", ['{"number": "many"}', "{}", '{"number": 13}', '{"number": 1, "more": 2}'])
def test_a_context_that_fails_validation_in_a_step_is_a_permanent_failure(lab: Lab, context: str) -> None:
    """The rules of a handler may have changed since the task was started."""

    @task_handler("order", schema=Order)
    class Orders(TaskHandler[Order]):
        @step(retry=Retry(limit=5))
        def only(self, run: StepRun[Order]) -> None: ...

    task_id = lab.start(Orders, Order(number=1))
    lab.execute("UPDATE tasker_tasks SET context = :context", context=context)
    lab.drain(retries=True)

    task = lab.task(task_id)
    assert task.status == "error"
    assert task["only"].attempts == 1
    assert task["only"].error is not None
    assert task["only"].error.startswith("the context cannot be loaded: ")
    assert len(task["only"].error) < 5_000
    assert task["only"].history[-1].reason == "permanent: no attempt after this one can succeed"
    assert_legal(task)


def test_no_retry_is_one_attempt_although_the_error_asks_for_another(lab: Lab) -> None:
    @task_handler("once")
    class Once(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            raise RetryableError("busy", retry_after=1)

    task = lab.run(Once)

    assert (task.status, task["only"].attempts) == ("error", 1)
