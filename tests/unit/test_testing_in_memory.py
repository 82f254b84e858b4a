"""A handler's whole graph run in memory."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from flask_tasker.errors import (
    HandlerDefinitionError,
    InvalidRequestError,
    PermanentError,
    RetryableError,
    UnknownStepError,
)
from flask_tasker.handlers import NO_RETRY, Annotation, Backoff, Retry, StepRun, StepSequence, TaskHandler, step
from flask_tasker.lifecycle import StepStatus, TaskStatus
from flask_tasker.testing.in_memory import run_handler
from tests.unit.making import handler, template

TWO_SECONDS = Backoff(base=timedelta(seconds=2), jitter=0)


@handler()
class Diamond(TaskHandler[dict[str, Any]]):
    @step(skippable=True)
    def start(self, run: StepRun[dict[str, Any]]) -> int:
        return int(run.context.get("number", 1))

    @step(depends_on=start, retry=NO_RETRY)
    def left(self, run: StepRun[dict[str, Any]]) -> int:
        if run.context.get("left") == "broken":
            raise PermanentError("left is broken")
        return 10 * (run.result(self.start) or 0)

    @step(depends_on=start)
    def right(self, run: StepRun[dict[str, Any]]) -> int:
        if run.context.get("right") == "broken":
            raise PermanentError("right is broken")
        return 100 * (run.result(self.start) or 0)

    @step(depends_on=right)
    def further(self, run: StepRun[dict[str, Any]]) -> str:
        return "further"

    @step(depends_on=[left, right])
    def end(self, run: StepRun[dict[str, Any]]) -> int:
        return run.result(self.left) + run.result(self.right)


def statuses(report: Any) -> dict[str, str]:
    return {name: str(found.status) for name, found in report.steps.items()}


def test_a_graph_runs_to_its_end_with_the_results_of_its_parents() -> None:
    report = run_handler(Diamond, {"number": 3})
    assert report.status is TaskStatus.COMPLETE
    assert report.results == {"start": 3, "left": 30, "right": 300, "further": "further", "end": 330}


def test_steps_are_reported_in_the_order_in_which_they_are_declared() -> None:
    assert list(run_handler(Diamond).steps) == ["start", "left", "right", "further", "end"]


def test_a_child_runs_after_all_of_its_parents() -> None:
    order = run_handler(Diamond).order
    assert order[0] == "start"
    assert order.index("end") > max(order.index("left"), order.index("right"))


def test_independent_branches_run_to_their_end_when_one_fails_for_good() -> None:
    report = run_handler(Diamond, {"left": "broken"})
    assert report.status is TaskStatus.ERROR
    assert statuses(report) == {
        "start": "complete",
        "left": "error",
        "right": "complete",
        "further": "complete",
        "end": "pending",
    }


def test_two_branches_that_fail_are_both_reported() -> None:
    report = run_handler(Diamond, {"left": "broken", "right": "broken"})
    assert report.steps["left"].error == "PermanentError: left is broken"
    assert report.steps["right"].error == "PermanentError: right is broken"
    assert report.steps["further"].status is StepStatus.PENDING


def test_a_step_that_never_ran_has_no_attempts() -> None:
    end = run_handler(Diamond, {"left": "broken"}).steps["end"]
    assert (end.attempts, end.results, end.error) == (0, None, None)


def test_a_bypassed_step_is_skipped_and_its_children_run() -> None:
    report = run_handler(Diamond, bypass_steps=["start"])
    assert report.status is TaskStatus.COMPLETE
    assert report.steps["start"].status is StepStatus.SKIPPED
    assert report.steps["start"].attempts == 0
    assert report.results == {"left": 0, "right": 0, "further": "further", "end": 0}


@pytest.mark.parametrize(
    ("bypass", "message"), [("nowhere", "'nowhere' is not a step of order"), ("end", "'end' is not skippable")]
)
def test_bypassing_what_cannot_be_bypassed_is_refused(bypass: str, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        run_handler(Diamond, bypass_steps=[bypass])
    assert caught.value.faults == {"bypass_steps": [message]}


def test_the_context_is_checked_as_for_a_real_task() -> None:
    @handler(schema={"required": ["dummy"], "properties": {"dummy": {"type": "boolean"}, "size": {"default": 3}}})
    class Checked(TaskHandler[dict[str, Any]]):
        @step
        def only(self, run: StepRun[dict[str, Any]]) -> Any:
            return run.context["size"]

    assert run_handler(Checked, {"dummy": True}).results == {"only": 3}
    with pytest.raises(InvalidRequestError) as caught:
        run_handler(Checked, {"bad_param": True, "dummy": 12})
    assert len(caught.value.faults["context"]) == 2


@dataclass(frozen=True)
class Order:
    order_id: int


def test_a_dataclass_context_is_seen_as_an_instance() -> None:
    @handler(schema=Order)
    class Typed(TaskHandler[Order]):
        @step
        def only(self, run: StepRun[Order]) -> int:
            return run.context.order_id

    assert run_handler(Typed, Order(order_id=7)).results == {"only": 7}


class Flaky:
    """Fails a number of times, then returns how often it was tried."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)

    def __call__(self, _handler: Any, run: StepRun[Any]) -> Any:
        if self.failures:
            raise self.failures.pop(0)
        return run.attempt


def flaky(*failures: Exception, **options: Any) -> type[TaskHandler]:
    options.setdefault("backoff", TWO_SECONDS)

    class Listed(TaskHandler):
        step_templates = (template("only", handler_class=None, call=Flaky(*failures), **options),)

    return handler()(Listed)


def test_a_failure_is_tried_again_and_the_wait_is_reported_not_slept() -> None:
    only = run_handler(flaky(ValueError("one"), ValueError("two"))).steps["only"]
    assert (only.status, only.attempts, only.results, only.waits) == (StepStatus.COMPLETE, 3, 3, (2.0, 4.0))


def test_a_step_that_always_fails_is_tried_as_often_as_its_limit() -> None:
    report = run_handler(flaky(*[ValueError("no")] * 5))
    only = report.steps["only"]
    assert (report.status, only.attempts, only.waits) == (TaskStatus.ERROR, 3, (2.0, 4.0))
    assert only.error == "ValueError: no"


def test_a_permanent_failure_is_tried_once() -> None:
    assert run_handler(flaky(PermanentError("no"))).steps["only"].attempts == 1


def test_a_step_that_is_not_retryable_is_tried_once() -> None:
    assert run_handler(flaky(ValueError("no"), default_retryable=False)).steps["only"].attempts == 1


def test_the_wait_that_a_step_asks_for_is_reported() -> None:
    assert run_handler(flaky(RetryableError(retry_after=30))).steps["only"].waits == (30.0,)


def test_a_complete_step_keeps_no_error_of_an_earlier_attempt() -> None:
    assert run_handler(flaky(ValueError("once"))).steps["only"].error is None


def test_while_a_retry_waits_other_branches_go_on() -> None:
    @handler()
    class Waiting(TaskHandler):
        @step(retry=Retry(backoff=TWO_SECONDS))
        def slow(self, run: StepRun) -> None:
            if run.attempt == 1:
                raise ValueError("not yet")

        @step
        def quick(self, run: StepRun) -> None: ...

        @step(depends_on=quick)
        def after(self, run: StepRun) -> None: ...

    assert run_handler(Waiting).order == ("quick", "after", "slow")


def test_results_are_those_that_the_database_would_give_back() -> None:
    @handler()
    class Pairs(TaskHandler):
        @step
        def pair(self, run: StepRun) -> Any:
            return {1: (1, 2)}

        @step(depends_on=pair)
        def seen(self, run: StepRun) -> Any:
            return run.result(self.pair)

    assert run_handler(Pairs).results == {"pair": {"1": [1, 2]}, "seen": {"1": [1, 2]}}


def test_results_that_are_no_json_fail_the_step_for_good() -> None:
    @handler()
    class Sets(TaskHandler):
        @step
        def only(self, run: StepRun) -> Any:
            return {1, 2}

    only = run_handler(Sets).steps["only"]
    assert (only.status, only.attempts) == (StepStatus.ERROR, 1)
    assert "results of step 'only': expected JSON" in (only.error or "")


def test_a_step_that_changes_what_it_was_given_changes_nothing_for_others() -> None:
    @handler()
    class Greedy(TaskHandler[dict[str, Any]]):
        @step
        def first(self, run: StepRun[dict[str, Any]]) -> Any:
            run.context["items"].clear()
            return ["kept"]

        @step(depends_on=first)
        def second(self, run: StepRun[dict[str, Any]]) -> Any:
            run.result(self.first).clear()
            return run.context["items"]

        @step(depends_on=second)
        def third(self, run: StepRun[dict[str, Any]]) -> Any:
            return run.result(self.first)

    assert run_handler(Greedy, {"items": [1]}).results == {"first": ["kept"], "second": [1], "third": ["kept"]}


def test_reading_a_step_that_is_no_ancestor_fails_the_step() -> None:
    @handler()
    class Reaching(TaskHandler):
        @step
        def one(self, run: StepRun) -> int:
            return 1

        @step(retry=NO_RETRY)
        def two(self, run: StepRun) -> int:
            return run.result(self.one)

    assert "UndeclaredDependencyError" in (run_handler(Reaching).steps["two"].error or "")


def test_an_answer_replaces_a_step() -> None:
    report = run_handler(Diamond, answers={"left": 5, "right": 6})
    assert report.results["end"] == 11


def test_an_answer_may_be_an_exception() -> None:
    report = run_handler(Diamond, answers={"left": PermanentError("refused")})
    assert report.steps["left"].error == "PermanentError: refused"


def test_an_answer_for_a_step_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UnknownStepError, match="no step 'nowhere'"):
        run_handler(Diamond, answers={"nowhere": 1})


class Charging:
    def handle(self, task: Any, sequence: StepSequence, step: Any) -> None:
        step.results = {"charged": task.context["cents"], "after": [found.name for found in sequence.complete()]}


def test_the_form_of_the_original_engine_runs_too() -> None:
    @handler()
    class Listed(TaskHandler[dict[str, Any]]):
        step_templates = (template("first"), template("charge", "first", handler_class=Charging))

    assert run_handler(Listed, {"cents": 7}).results == {"first": {}, "charge": {"charged": 7, "after": ["first"]}}


def noting(update: Any) -> type[TaskHandler]:
    class Noting(TaskHandler):
        step_templates = (template("a"), template("b", "a"))

        def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
            found: Iterable[Annotation] = update(sequence)
            return found

    return handler()(Noting)


def test_annotations_belong_to_the_step_just_recorded() -> None:
    report = run_handler(noting(lambda sequence: [Annotation("seen", {"done": len(sequence.complete())})]))
    assert report.annotations == (Annotation("seen", {"done": 1}, "a"), Annotation("seen", {"done": 2}, "b"))


def test_of_annotations_of_one_type_and_step_the_latest_stays() -> None:
    report = run_handler(noting(lambda sequence: [Annotation("seen", {"done": len(sequence.complete())}, step="a")]))
    assert report.annotations == (Annotation("seen", {"done": 2}, "a"),)


@pytest.mark.parametrize(
    "note", [Annotation("seen", {}, step="nowhere"), Annotation("seen", {"a": {1}})], ids=["unknown step", "no JSON"]
)
def test_a_note_that_cannot_be_made_is_logged_and_fails_nothing(
    note: Annotation, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        report = run_handler(noting(lambda sequence: [note]))
    assert report.status is TaskStatus.COMPLETE
    assert report.annotations == ()
    assert "update_annotations of default/order@0.1.0 failed after step 'a'" in caplog.text


def test_a_long_chain_and_a_wide_fan_run_to_their_ends() -> None:
    @handler()
    class Long(TaskHandler):
        step_templates = (template("0"), *[template(str(n), str(n - 1)) for n in range(1, 500)])

    @handler()
    class Wide(TaskHandler):
        step_templates = (
            template("start"),
            *[template(str(n), "start") for n in range(500)],
            template("end", *[str(n) for n in range(500)]),
        )

    assert run_handler(Long).status is TaskStatus.COMPLETE
    assert run_handler(Wide).order[-1] == "end"


def test_a_class_that_is_not_registered_is_refused() -> None:
    class Bare(TaskHandler):
        @step
        def only(self, run: StepRun) -> None: ...

    with pytest.raises(HandlerDefinitionError, match="Bare is not registered"):
        run_handler(Bare)


def test_a_report_reads_as_one_line() -> None:
    assert repr(run_handler(flaky(PermanentError("no")))) == "<RunReport order error: only error>"


def test_a_report_prints_as_a_table() -> None:
    assert str(run_handler(Diamond, {"left": "broken"})) == (
        "order: error\n"
        "step     status    attempts  results or error\n"
        "start    complete  1         1\n"
        "left     error     1         PermanentError: left is broken\n"
        "right    complete  1         100\n"
        "further  complete  1         'further'\n"
        "end      pending   0"
    )


def test_a_long_error_is_cut_in_the_table_only() -> None:
    report = run_handler(flaky(PermanentError("x" * 500)))
    assert len(report.steps["only"].error or "") > 500
    assert max(len(line) for line in str(report).splitlines()) < 120
