"""Cancelling a step that runs: it is asked to stop, and its children wait until it has."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from flask_tasker import NO_RETRY, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.reclaim import give_back, reclaim_ended
from flask_tasker.errors import NotAllowedError
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE, end_leases
from tests.reliability.records import TaskRecord

Ending = Callable[[StepRun], object]


def run_and_cancel(lab: Lab, ending: Ending, retry: Retry = NO_RETRY) -> TaskRecord:
    """Cancel the parent while it runs, look at the task, and let the parent end as ``ending`` says."""

    @task_handler("parent")
    class Parent(TaskHandler):
        @step(retry=retry)
        def parent(self, run: StepRun) -> object:
            before = run.cancelled
            assert lab.operations.cancel_step(run.step_id, actor="ann") == "in_progress"
            assert (before, run.cancelled) == (False, True)
            seen = lab.task(run.task_id)
            assert seen.statuses == {"parent": "in_progress", "child": "pending"}
            assert seen["child"].next_attempt_at is None
            return ending(run)

        @step(depends_on=parent)
        def child(self, run: StepRun) -> object:
            return ["the parent's result", run.result(self.parent)]

    return lab.run(Parent)


def returns(_run: StepRun) -> object:
    """As if nobody had asked."""
    return "discarded"


def fails(_run: StepRun) -> object:
    """With an error that could be retried."""
    raise ConnectionError("as told")


def exits(_run: StepRun) -> object:
    """As badly as it can."""
    raise SystemExit(3)


@pytest.mark.parametrize("ending", [returns, fails, exits])
@pytest.mark.parametrize("retry", [NO_RETRY, Retry(limit=3, backoff=AT_ONCE)], ids=["single", "retried"])
def test_a_step_that_was_asked_to_stop_is_cancelled_once_its_attempt_ends(
    lab: Lab, ending: Ending, retry: Retry
) -> None:
    task = run_and_cancel(lab, ending, retry)

    assert task.statuses == {"parent": "cancelled", "child": "complete"}
    assert task.status == "complete"
    assert task["parent"].attempts == 1
    assert task["parent"].results is None
    assert task["parent"].history[-1].reason == "asked to stop while it ran"
    assert task["child"].results == ["the parent's result", None]
    assert_legal(task)


def test_the_error_with_which_a_cancelled_step_ended_is_kept(lab: Lab) -> None:
    task = run_and_cancel(lab, fails)

    assert task["parent"].error == "ConnectionError: as told"


def test_a_step_that_was_asked_to_stop_is_cancelled_when_its_lease_ends_instead(lab: Lab) -> None:
    def lose(run: StepRun) -> str:
        end_leases(lab)
        assert reclaim_ended(lab.runtime) == 1
        assert lab.task(run.task_id).statuses == {"parent": "cancelled", "child": "pending"}
        return "too late"

    task = run_and_cancel(lab, lose, Retry(limit=3, backoff=AT_ONCE))

    assert task.statuses == {"parent": "cancelled", "child": "complete"}
    assert task["parent"].moves == [("pending", "in_progress"), ("in_progress", "cancelled")]
    assert task["parent"].error == "lease ended: the worker of attempt 1 of 3 went silent"
    assert_legal(task)


def test_a_step_that_was_asked_to_stop_is_cancelled_when_its_worker_stops(lab: Lab) -> None:
    def stop(_run: StepRun) -> str:
        for holding in lab.runtime.holdings.take_out():
            give_back(lab.runtime, holding)
        return "too late"

    task = run_and_cancel(lab, stop, Retry(limit=3, backoff=AT_ONCE))

    assert task.statuses == {"parent": "cancelled", "child": "complete"}
    assert_legal(task)


def test_asking_twice_is_asking_once(lab: Lab) -> None:
    @task_handler("only")
    class Only(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            assert lab.operations.cancel_step(run.step_id, actor="ann") == "in_progress"
            assert lab.operations.cancel_step(run.step_id, actor="bob") == "in_progress"

    task = lab.run(Only)

    assert task["only"].moves == [("pending", "in_progress"), ("in_progress", "cancelled")]


@pytest.mark.parametrize("verb", ["skip", "resolve", "retry"])
def test_a_running_step_is_left_alone_by_every_other_verb(lab: Lab, verb: str) -> None:
    @task_handler("only")
    class Only(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            with pytest.raises(NotAllowedError, match=r"allowed there: cancel$"):
                getattr(lab.operations, f"{verb}_step")(run.step_id, actor="ann")

    assert lab.run(Only)["only"].status == "complete"


def test_a_handler_may_watch_for_the_request_and_end_early(lab: Lab) -> None:
    began = threading.Event()

    @task_handler("watchful")
    class Watchful(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            began.set()
            pause = threading.Event()
            while not run.cancelled:
                pause.wait(0.01)
            return "stopped early"

    task_id = lab.start(Watchful)
    with lab.draining():
        assert began.wait(20)
        lab.operations.cancel_step(lab.task(task_id)["only"].step_id, actor="ann")

    task = lab.task(task_id)
    assert (task.status, task["only"].status) == ("complete", "cancelled")
    assert_legal(task)
