"""The watchdog raises in the handler, and nowhere else."""

from __future__ import annotations

import itertools
import random
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from flask_tasker.engine.timeouts import Watchdog
from flask_tasker.errors import StepTimeoutError

HANDLER_SECONDS = 0.002


@pytest.fixture(autouse=True)
def _nobody_traces() -> Iterator[None]:
    """What measures coverage takes a lock in Python code: an exception that strikes right there leaves it locked, and a
    few thousand that race with their handlers do strike there."""
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    threading.settrace(of_threads)
    sys.settrace(tracer)


@pytest.fixture(autouse=True)
def _threads_take_turns_quickly() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    yield
    sys.setswitchinterval(before)


def busy(seconds: float) -> str:
    """Python code that takes so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pass
    return "returned"


def test_a_handler_that_returns_in_time_is_left_alone() -> None:
    assert Watchdog().call(lambda: busy(0.001), seconds=30) == "returned"


def test_what_the_handler_raises_in_time_is_what_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        Watchdog().call(lambda: 1 / 0, seconds=30)


def test_a_handler_that_swallows_the_timeout_has_timed_out_all_the_same() -> None:
    def stubborn() -> str:
        try:
            return busy(30)
        except BaseException:
            return "as if nothing were"

    with pytest.raises(StepTimeoutError):
        Watchdog().call(stubborn, seconds=0.01)


def test_one_watchdog_watches_several_handlers_and_the_earliest_deadline_comes_first() -> None:
    watchdog, ended, over = Watchdog(), list[str](), threading.Event()

    def late() -> None:
        watchdog.call(lambda: over.wait(30), seconds=60)
        ended.append("late")

    def early(seconds: float) -> None:
        with pytest.raises(StepTimeoutError):
            watchdog.call(lambda: busy(30), seconds=seconds)
        ended.append("early")

    waiting = threading.Thread(target=late)
    threads = [threading.Thread(target=early, args=[seconds]) for seconds in (0.1, 0.05)]
    for thread in (waiting, *threads):
        thread.start()
    for thread in threads:
        thread.join(20)
    assert ended == ["early", "early"]

    over.set()
    waiting.join(20)
    assert ended == ["early", "early", "late"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_timeout_that_races_with_the_end_of_the_handler_is_never_raised_after_it(seed: int) -> None:
    watchdog, chance, outcomes = Watchdog(), random.Random(seed), set[str]()
    rounds, give_up = itertools.count(), time.monotonic() + 30

    # On a busy machine the same one may win for a second: on until both have.
    while next(rounds) < 300 or (len(outcomes) < 2 and time.monotonic() < give_up):
        seconds = HANDLER_SECONDS * chance.uniform(0.9, 1.1)
        try:
            outcomes.add(watchdog.call(lambda: busy(HANDLER_SECONDS), seconds=seconds))
        except StepTimeoutError:
            outcomes.add("timed out")
        # What a worker does between two handlers: here nothing may be raised any more.
        busy(0.0005)

    assert outcomes == {"returned", "timed out"}


def test_several_threads_that_race_with_their_timeouts_all_come_to_their_end() -> None:
    watchdog, done = Watchdog(), list[int]()

    def worker(number: int) -> None:
        chance = random.Random(number)
        for _ in range(50):
            try:
                watchdog.call(lambda: busy(HANDLER_SECONDS), seconds=HANDLER_SECONDS * chance.uniform(0.5, 3))
            except StepTimeoutError:
                continue
        done.append(number)

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(done) == [0, 1, 2, 3]


def test_a_thread_with_a_tracer_goes_on_after_a_timeout() -> None:
    """A debugger, or the measuring of coverage."""
    after: list[str] = []

    def traced() -> None:
        sys.settrace(lambda *_event: None)
        for _ in range(3):
            with pytest.raises(StepTimeoutError):
                Watchdog().call(lambda: busy(30), seconds=0.01)
            after.append(busy(0.001))

    thread = threading.Thread(target=traced, daemon=True)
    thread.start()
    thread.join(20)

    assert after == ["returned"] * 3


def test_what_a_handler_raises_because_of_its_timeout_is_what_it_failed_with() -> None:
    def translating() -> None:
        try:
            busy(30)
        except StepTimeoutError:
            raise LookupError("as told") from None

    with pytest.raises(LookupError, match="as told"):
        Watchdog().call(translating, seconds=0.01)
    assert busy(0.01) == "returned"
