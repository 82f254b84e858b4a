"""What a stopping worker gives back: uncounted where the handler had not started, else as a failed attempt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, appcontext_pushed, current_app, has_app_context

from flask_tasker import NO_RETRY, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Runtime, Worker, work
from flask_tasker.engine.pace import Pace
from flask_tasker.engine.reclaim import give_back
from flask_tasker.lifecycle import StepMessage
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE

GIVEN_BACK = [("pending", "in_progress"), ("in_progress", "pending")]


def stops_after(looks: int) -> Callable[[], bool]:
    """No for so many times, and yes from then on."""
    seen: list[int] = []

    def stopping() -> bool:
        seen.append(1)
        return len(seen) > looks

    return stopping


def loading(when_loaded: Callable[[], object], *, transactional: bool) -> type[TaskHandler[Any]]:
    """A handler of one step whose context calls ``when_loaded`` between the claim and the start."""

    @dataclass
    class Context:
        claimed: bool = False

        def __post_init__(self) -> None:
            if self.claimed:
                when_loaded()

    @task_handler("loading", schema=Context)
    class Loading(TaskHandler[Any]):
        @step(transactional=transactional, retry=NO_RETRY)
        def only(self, run: StepRun[Any]) -> str:
            return "ran"

    return Loading


@pytest.mark.parametrize("transactional", [False, True])
def test_a_step_that_was_claimed_as_the_worker_stopped_is_given_back_uncounted(lab: Lab, transactional: bool) -> None:
    handler = loading(lambda: None, transactional=transactional)
    task_id = lab.start(handler)
    stopping: Runtime = replace(lab.runtime, stopping=stops_after(1))

    assert work(stopping, lab.message(handler, task_id)) == 1

    given_back = lab.task(task_id)
    assert given_back["only"].moves == GIVEN_BACK
    assert given_back["only"].history[-1].reason == "the worker stopped before the step began"
    lab.drain()
    task = lab.task(task_id)
    assert (task["only"].results, task["only"].attempts) == ("ran", 1)
    assert_legal(task)


@pytest.mark.parametrize("transactional", [False, True])
def test_a_step_that_was_taken_out_before_its_handler_started_does_not_start(lab: Lab, transactional: bool) -> None:
    taken: list[int] = []

    def take_out() -> None:
        if not taken:
            taken.append(len(lab.runtime.holdings.take_out()))

    handler = loading(take_out, transactional=transactional)
    task_id = lab.start(handler)
    lab.execute("UPDATE tasker_tasks SET context = '{\"claimed\": true}'")
    lab.drain()

    task = lab.task(task_id)
    assert taken == [1]
    assert task["only"].moves == [*GIVEN_BACK, ("pending", "in_progress"), ("in_progress", "complete")]
    assert task["only"].attempts == 1
    assert_legal(task)


def test_a_step_that_had_not_started_is_given_back_by_the_worker_that_stops_and_others_are_told(lab: Lab) -> None:
    sent: list[StepMessage] = []

    def stop() -> None:
        for holding in lab.runtime.holdings.take_out():
            give_back(replace(lab.runtime, send=sent.extend), holding)

    handler = loading(stop, transactional=False)
    task_id = lab.start(handler)
    lab.execute("UPDATE tasker_tasks SET context = '{\"claimed\": true}'")
    told = lab.message(handler, task_id)
    work(lab.runtime, told)

    task = lab.task(task_id)
    assert task["only"].moves == GIVEN_BACK
    assert (task["only"].attempts, len(lab.runtime.holdings)) == (0, 0)
    assert sent == [told]


def test_a_step_that_ran_when_its_worker_stopped_has_used_an_attempt_and_is_due_at_once(lab: Lab) -> None:
    sent: list[StepMessage] = []

    @task_handler("interrupted")
    class Interrupted(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            if run.attempt == 1:
                for holding in lab.runtime.holdings.take_out():
                    give_back(replace(lab.runtime, send=sent.extend), holding)
            return f"attempt {run.attempt}"

    task = lab.run(Interrupted)

    assert task["only"].results == "attempt 2"
    assert task["only"].history[1].error == "the worker stopped while the step ran"
    assert [ref.name for told in sent for ref in told.steps] == ["only"]
    assert_legal(task)


def test_a_message_under_another_handlers_name_costs_no_attempt(lab: Lab) -> None:
    handler = loading(lambda: None, transactional=False)

    @task_handler("impostor")
    class Impostor(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            return "never"

    task_id = lab.start(handler)
    right = lab.message(handler, task_id)
    work(lab.runtime, replace(right, handler=Impostor.key()))
    lab.drain()

    task = lab.task(task_id)
    assert (task["only"].results, task["only"].attempts) == ("ran", 1)
    assert_legal(task)


@pytest.mark.parametrize("transactional", [False, True])
def test_an_app_context_that_cannot_be_entered_is_a_failed_attempt(lab: Lab, transactional: bool) -> None:
    handler = loading(lambda: None, transactional=transactional)
    task_id = lab.start(handler)

    def refuse(_app: Flask, **_more: object) -> None:
        raise RuntimeError("as told")

    with appcontext_pushed.connected_to(refuse, lab.app):
        work(lab.runtime, lab.message(handler, task_id))

    task = lab.task(task_id)
    assert task["only"].error == "the app context failed: RuntimeError: as told"
    assert task["only"].history[-1].reason == "not retryable"
    assert_legal(task)
    assert not has_app_context(), "the context that could not be entered is the app of all that this thread does next"


@pytest.mark.parametrize("transactional", [False, True])
def test_a_context_class_may_use_the_app_and_its_session(lab: Lab, transactional: bool) -> None:
    def look() -> None:
        assert current_app.name == lab.app.name
        lab.db.session.execute(sa.select(lab.Entry)).all()

    task = lab.run(loading(look, transactional=transactional))

    assert (task.status, task["only"].results) == ("complete", "ran")


def test_a_transactional_step_that_removes_its_session_fails_for_good(lab: Lab) -> None:
    @task_handler("removing")
    class Removing(TaskHandler):
        @step(transactional=True)
        def only(self, run: StepRun) -> str:
            lab.write("lost")
            lab.db.session.remove()
            return "as if nothing were"

    task = lab.run(Removing)

    assert task["only"].attempts == 1
    assert task["only"].error == "the step removed its session, db.session.remove(), and its writes with it"
    assert lab.written == []


class Unprintable(Exception):
    """Even its traceback cannot be written."""

    @property
    def __notes__(self) -> list[str]:  # type: ignore[override]
        raise ZeroDivisionError("no notes")


def test_an_error_whose_traceback_cannot_be_written_is_told_without_it(lab: Lab) -> None:
    @task_handler("unprintable")
    class Fails(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            raise Unprintable("as told")

    task = lab.run(Fails)

    assert task["only"].error == "Unprintable: as told"
    assert task["only"].history[-1].error is not None
    assert "Unprintable: as told" in task["only"].history[-1].error


def pair(when_first: Callable[[], object]) -> type[TaskHandler[Any]]:
    """Two steps that travel together, since they are known to be quick; the first one calls ``when_first``."""

    @task_handler("pair")
    class Pair(TaskHandler[Any]):
        @step
        def first(self, run: StepRun[Any]) -> str:
            when_first()
            return "ran"

        @step
        def second(self, run: StepRun[Any]) -> str:
            return "ran"

    return Pair


def know_as_quick(lab: Lab, handler: type[TaskHandler[Any]]) -> None:
    """Both steps have been seen, and took no time."""
    for name in ("first", "second"):
        lab.runtime.pace.took(handler.key(), name, 0.0)


def test_quick_steps_of_one_message_are_worked_on_together(lab: Lab) -> None:
    handler = pair(lambda: None)
    know_as_quick(lab, handler)
    # On however slow a machine.
    pace = replace(lab.runtime.pace, longest_wait=60, longest_chunk=60)
    task_id = lab.start(handler)

    assert work(replace(lab.runtime, pace=pace), lab.message(handler, task_id)) == 2

    task = lab.task(task_id)
    assert task.status == "complete"
    assert_legal(task)


def test_of_steps_that_nobody_knows_yet_the_first_is_worked_on_and_the_others_are_passed_on(lab: Lab) -> None:
    handler = pair(lambda: None)
    sent: list[StepMessage] = []
    runtime = replace(lab.runtime, send=sent.extend, pace=Pace())
    task_id = lab.start(handler)

    assert work(runtime, lab.message(handler, task_id)) == 1

    assert lab.task(task_id).statuses == {"first": "complete", "second": "pending"}
    assert [ref.name for told in sent for ref in told.steps] == ["second"]


def test_what_is_left_of_a_chunk_that_takes_long_is_given_back_uncounted(lab: Lab) -> None:
    handler = pair(lambda: None)
    know_as_quick(lab, handler)
    sent: list[StepMessage] = []
    pace = replace(lab.runtime.pace, longest_chunk=-1.0)
    task_id = lab.start(handler)

    work(replace(lab.runtime, send=sent.extend, pace=pace), lab.message(handler, task_id))

    given_back = lab.task(task_id)
    assert given_back.statuses == {"first": "complete", "second": "pending"}
    assert given_back["second"].moves == GIVEN_BACK
    assert [ref.name for told in sent for ref in told.steps] == ["second"]
    lab.drain()
    task = lab.task(task_id)
    assert (task.status, task["second"].attempts) == ("complete", 1)
    assert_legal(task)


def test_a_step_that_waits_behind_one_that_hangs_is_run_by_another_thread(lab: Lab) -> None:
    second_ran = threading.Event()
    handler = pair(lambda: second_ran.wait(30))
    know_as_quick(lab, handler)
    task_id = lab.start(handler)
    worker = Worker(lab.runtime, threads=2)
    receiver = threading.Thread(target=worker.handle, args=[lab.message(handler, task_id)])
    receiver.start()
    eventually(lambda: lab.task(task_id).statuses == {"first": "in_progress", "second": "in_progress"})

    # Only now: what it finds by itself are single steps, and those in any order.
    worker.start()
    try:
        eventually(lambda: lab.task(task_id)["second"].status == "complete")
        assert lab.task(task_id)["first"].status == "in_progress"
    finally:
        second_ran.set()
        receiver.join(30)
        worker.stop()

    assert lab.task(task_id).status == "complete"
    assert lab.task(task_id)["second"].attempts == 1
    assert_legal(lab.task(task_id))
