"""Whatever a handler raises or returns, an outcome is recorded, bounded, and the worker lives on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest

from flask_tasker import NO_RETRY, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.errors import InvalidRequestError
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.records import TaskRecord

MEGABYTES = 10_000_000


class Mute(Exception):
    """Cannot be shown as text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Faceless(Exception):
    """Cannot be shown at all."""

    def __str__(self) -> str:
        raise SystemExit("no text")

    def __repr__(self) -> str:
        raise KeyboardInterrupt("no text either")


class Rude(BaseException):
    """No Exception, and of no use."""


def run_step(lab: Lab, act: Callable[[], Any], retry: Retry = NO_RETRY) -> TaskRecord:
    """Run a task whose step does this, and then one that works, in the same thread."""

    @task_handler("hostile")
    class Hostile(TaskHandler):
        @step(retry=retry)
        def only(self, run: StepRun) -> Any:
            return act()

    @task_handler("friendly")
    class Friendly(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            return "fine"

    task = lab.run(Hostile)
    assert lab.run(Friendly)["only"].results == "fine"
    assert_legal(task)
    return task


def deep() -> None:
    """Calls itself without an end."""
    deep()


def raising(error: BaseException) -> Callable[[], Any]:
    """What raises ``error``."""

    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize(
    ("act", "shown"),
    [
        (raising(ValueError("as told")), "ValueError: as told"),
        (raising(ValueError()), "ValueError"),
        (raising(SystemExit(3)), "SystemExit: 3"),
        (raising(KeyboardInterrupt()), "KeyboardInterrupt"),
        (raising(GeneratorExit()), "GeneratorExit"),
        (raising(MemoryError("as told")), "MemoryError: as told"),
        (raising(Rude("as told")), "Rude: as told"),
        (deep, "RecursionError: maximum recursion depth exceeded"),
        (raising(Mute()), "Mute: <its message cannot be shown: RuntimeError>"),
        (raising(Faceless()), "Faceless: <its message cannot be shown: SystemExit>"),
        (raising(ValueError("half \x00 way")), "ValueError: half \\x00 way"),
        (raising(ValueError("a \ud800 pair")), "ValueError: a \\ud800 pair"),
        (raising(ExceptionGroup("several", [ValueError("one"), TypeError("two")])), "ExceptionGroup: several (2 sub-"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_a_handler_raises_is_a_recorded_failure(lab: Lab, act: Callable[[], Any], shown: str) -> None:
    task = run_step(lab, act)

    assert task.status == "error"
    assert task["only"].error is not None
    assert task["only"].error.startswith(shown)


def test_a_message_of_ten_megabytes_is_cut_short_in_its_middle(lab: Lab) -> None:
    task = run_step(lab, raising(ValueError("begin" + "x" * MEGABYTES + "end")))

    error, told = task["only"].error, task["only"].history[-1].error
    assert error is not None
    assert told is not None
    assert error.startswith("ValueError: begin")
    assert error.endswith("end")
    assert "characters left out" in error
    assert len(error) < 5_000
    assert len(told) < 25_000


def test_the_history_has_the_traceback_also_of_every_error_in_a_group(lab: Lab) -> None:
    task = run_step(lab, raising(ExceptionGroup("several", [ValueError("one"), TypeError("two")])))

    told = task["only"].history[-1].error
    assert told is not None
    assert "Traceback" in told
    assert "ValueError: one" in told
    assert "TypeError: two" in told


class Liar(OrderedDict[str, int]):
    """A mapping that cannot be read."""

    def items(self) -> Any:
        raise ZeroDivisionError("as told")


def cycle() -> Any:
    """A list that holds itself."""
    found: list[Any] = []
    found.append(found)
    return found


def nested(levels: int) -> Any:
    """Lists in lists."""
    found: Any = "inside"
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("results", "shown"),
    [
        ({"number": float("nan")}, "expected JSON"),
        (float("inf"), "expected JSON"),
        ({1, 2}, "expected JSON"),
        (b"bytes", "expected JSON"),
        (object(), "expected JSON"),
        ({(1, 2): 3}, "expected JSON"),
        (cycle(), "expected JSON"),
        (nested(100_000), "nested more than"),
        (nested(201), "nested more than"),
        ("half \x00 way", "text holds NUL"),
        ({"half \x00 way": 1}, "text holds NUL"),
        ("a \ud800 pair", "half a surrogate pair"),
        (Liar(a=1), "ZeroDivisionError: as told"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isprintable() else "",
)
def test_results_that_cannot_be_stored_are_a_clear_permanent_failure(lab: Lab, results: Any, shown: str) -> None:
    task = run_step(lab, lambda: results, Retry(limit=5))

    assert task.status == "error"
    assert task["only"].attempts == 1
    assert task["only"].error is not None
    assert shown in task["only"].error
    assert task["only"].history[-1].reason == "permanent: no attempt after this one can succeed"


@pytest.mark.parametrize(
    "results",
    [None, 0, "", [], {}, "\\u0000", "\U0001f600 é \u2028", nested(100), {"a": [1, 2.5, True, None]}, 2**62],
    ids=range(10),
)
def test_whatever_is_json_comes_back_as_it_was(lab: Lab, results: Any) -> None:
    assert run_step(lab, lambda: results)["only"].results == results


def test_results_may_be_as_large_as_the_app_allows_and_no_larger(make_lab: MakeLab) -> None:
    lab = make_lab(TASKER_MAX_PAYLOAD_BYTES=1_000)

    assert run_step(lab, lambda: "é" * 499)["only"].results == "é" * 499
    task = run_step(lab, lambda: "é" * 500, Retry(limit=5))
    assert task["only"].attempts == 1
    assert task["only"].error == (
        "PayloadError: results of step 'only': takes 1002 bytes as JSON; TASKER_MAX_PAYLOAD_BYTES allows 1000"
    )


def test_a_context_may_be_as_large_as_the_app_allows_and_no_larger(make_lab: MakeLab) -> None:
    lab = make_lab(TASKER_MAX_PAYLOAD_BYTES=1_000)

    @task_handler("large")
    class Large(TaskHandler):
        @step
        def only(self, run: StepRun) -> int:
            return len(run.context["text"])

    assert lab.run(Large, {"text": "x" * 900})["only"].results == 900
    with pytest.raises(InvalidRequestError, match="TASKER_MAX_PAYLOAD_BYTES allows 1000"):
        lab.start(Large, {"text": "x" * 1_000})


@pytest.mark.parametrize("context", [{"text": "half \x00 way"}, {"text": "a \ud800 pair"}, {"nested": nested(300)}])
def test_a_context_that_cannot_be_stored_is_refused_before_anything_is_written(
    lab: Lab, context: dict[str, Any]
) -> None:
    @task_handler("plain")
    class Plain(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    with pytest.raises(InvalidRequestError, match="context"):
        lab.start(Plain, context)
    assert lab.open_tasks == 0


def test_a_worker_of_threads_outlives_handlers_that_try_to_end_it(lab: Lab) -> None:
    @task_handler("deadly")
    class Deadly(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> str:
            if run.context["deadly"]:
                raise SystemExit(run.context["deadly"])
            return "fine"

    deadly = [lab.start(Deadly, {"deadly": number}) for number in range(1, 9)]
    with lab.working(threads=2):
        assert lab.run_by_worker(Deadly, {"deadly": 0})["only"].results == "fine"

    assert {lab.task(task_id)["only"].error for task_id in deadly} <= {None, *(f"SystemExit: {n}" for n in range(1, 9))}
