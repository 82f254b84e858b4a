"""A step that takes longer than its timeout fails as any other, and its worker goes on."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from flask_tasker import NO_RETRY, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.errors import StepTimeoutError
from tests.reliability.conftest import MakeLab
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE

SHORT = timedelta(seconds=0.05)
TOO_LONG = "StepTimeoutError: the attempt took longer than 0.05 s"
ENOUGH = timedelta(seconds=0.5)
"""For an attempt that is to be in time, on a slow machine too."""


def loop() -> None:
    """Python code without an end."""
    while True:
        pass


def doze() -> None:
    """Sleeps, a little at a time, without an end."""
    while True:
        time.sleep(0.001)


def persist() -> None:
    """Survives every Exception, without an end."""
    while True:
        try:
            doze()
        except Exception:
            continue


def shrug() -> str:
    """Survives even what is no Exception, and returns as if nothing were."""
    try:
        doze()
    except BaseException:
        return "as if nothing were"
    return "never"


@pytest.mark.parametrize("hang", [loop, doze, persist, shrug])
def test_a_handler_that_hangs_fails_for_its_timeout(lab: Lab, hang: object) -> None:
    @task_handler("hanging")
    class Hanging(TaskHandler):
        @step(timeout=SHORT, retry=NO_RETRY)
        def only(self, run: StepRun) -> object:
            return hang()  # type: ignore[operator]

    task = lab.run(Hanging)

    assert task.status == "error"
    assert task["only"].error == TOO_LONG
    assert task["only"].results is None
    assert task["only"].history[-1].reason == "not retryable"
    assert_legal(task)


def test_the_history_says_where_the_handler_was(lab: Lab) -> None:
    @task_handler("hanging")
    class Hanging(TaskHandler):
        @step(timeout=SHORT, retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            doze()

    told = lab.run(Hanging)["only"].history[-1].error

    assert told is not None
    assert "in doze" in told


def test_finally_blocks_of_a_handler_run_when_its_time_is_over(lab: Lab) -> None:
    cleaned_up: list[str] = []

    @task_handler("tidy")
    class Tidy(TaskHandler):
        @step(timeout=SHORT, retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            try:
                doze()
            finally:
                cleaned_up.append(threading.current_thread().name)

    lab.run(Tidy)

    assert cleaned_up == [threading.current_thread().name]


def test_a_timeout_is_tried_again_whatever_exceptions_the_retry_policy_names(lab: Lab) -> None:
    @task_handler("second_try")
    class SecondTry(TaskHandler):
        @step(timeout=ENOUGH, retry=Retry(limit=2, backoff=AT_ONCE, on=(ConnectionError,)))
        def only(self, run: StepRun) -> str:
            if run.attempt == 1:
                doze()
            return "in time"

    task = lab.run(SecondTry)

    assert task["only"].results == "in time"
    assert task["only"].attempts == 2
    assert task["only"].error is None
    assert_legal(task)


def test_timeouts_use_up_the_attempts(lab: Lab) -> None:
    @task_handler("always_late")
    class AlwaysLate(TaskHandler):
        @step(timeout=SHORT, retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> None:
            doze()

    task = lab.run(AlwaysLate)

    assert task.status == "error"
    assert task["only"].attempts == 2
    assert task["only"].next_attempt_at is None
    assert task["only"].history[-1].reason == "out of attempts: 2 of 2 used"
    assert_legal(task)


def test_a_timeout_in_the_middle_of_a_continued_chain_is_enforced_and_the_chain_goes_on(lab: Lab) -> None:
    threads = set[int]()

    @task_handler("chain")
    class Chain(TaskHandler):
        @step
        def one(self, run: StepRun) -> int:
            threads.add(threading.get_ident())
            return 1

        @step(depends_on=one, timeout=ENOUGH, retry=Retry(limit=2, backoff=AT_ONCE))
        def two(self, run: StepRun) -> int:
            if run.attempt == 1:
                loop()
            threads.add(threading.get_ident())
            return run.result(self.one) + 1

        @step(depends_on=two)
        def three(self, run: StepRun) -> int:
            threads.add(threading.get_ident())
            return run.result(self.two) + 1

    task = lab.run(Chain)

    assert task.status == "complete"
    assert task["three"].results == 3
    assert task["two"].history[1].error is not None
    assert threads == {threading.get_ident()}
    assert_legal(task)


def test_a_handler_without_a_timeout_that_raises_the_error_itself_fails(lab: Lab) -> None:
    @task_handler("pretender")
    class Pretender(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            raise StepTimeoutError("a client's own")

    task = lab.run(Pretender)

    assert task.status == "error"
    assert task["only"].error == "StepTimeoutError: a client's own"


def test_a_hundred_timeouts_that_race_with_the_end_of_their_handlers_cost_the_worker_nothing(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(7)

    @task_handler("racing")
    class Racing(TaskHandler):
        @step(timeout=timedelta(seconds=0.004), retry=NO_RETRY)
        def only(self, run: StepRun) -> str:
            deadline = time.monotonic() + 0.004 * chance.uniform(0.7, 1.2)
            while time.monotonic() < deadline:
                pass
            return "in time"

    tasks = [lab.start(Racing) for _ in range(100)]
    with lab.working(threads=4):
        eventually(lambda: lab.open_tasks == 0, within=60)
        assert lab.run_by_worker(Racing).status in ("complete", "error")

    outcomes = {lab.task(task_id)["only"].results or lab.task(task_id)["only"].error for task_id in tasks}
    assert outcomes <= {"in time", "StepTimeoutError: the attempt took longer than 0.004 s"}
    assert [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


@pytest.fixture
def untraced() -> Iterator[None]:
    """No coverage is measured: on CPython 3.11 no traced thread comes out of its next call while an exception that was
    set in another thread is not raised yet, which in a call into C is only when that returns."""
    here, others = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    threading.settrace(others)
    sys.settrace(here)


@pytest.mark.usefixtures("untraced")
def test_a_step_that_hangs_in_a_call_into_c_loses_its_lease_and_its_late_result_is_refused(
    make_lab: MakeLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab = make_lab(TASKER_LEASE_SECONDS=3)
    released, left = threading.Event(), threading.Event()

    @task_handler("deaf")
    class Deaf(TaskHandler):
        @step(timeout=timedelta(seconds=1), retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            if run.attempt == 2:
                return "second"
            try:
                # A single call into C, however long: only the event ends it.
                released.wait(60)
                return "first"
            finally:
                left.set()

    task_id = lab.start(Deaf)
    with lab.working(threads=2):
        eventually(lambda: lab.task(task_id).status == "complete", within=20)
        released.set()
        assert left.wait(20)
        eventually(lambda: any("its result is refused" in message for message in caplog.messages))

    task = lab.task(task_id)
    assert task["only"].results == "second"
    assert task["only"].history[1].error == "lease ended: the worker of attempt 1 of 2 went silent"
    assert_legal(task)
