"""Whatever races, and whatever a receiver does: what was committed is told, and told once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from flask_tasker import NO_RETRY, HandlerFactory, PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Runtime, work
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.execute import execute
from flask_tasker.engine.reclaim import give_back, reclaim_ended
from flask_tasker.engine.record import record, recording_of
from flask_tasker.engine.threads import Repeating
from flask_tasker.lifecycle import Completed, StepStatus, TaskStatus
from flask_tasker.signals import step_completed, step_failed, swept, task_created
from flask_tasker.store import deadline
from flask_tasker.store.deadline import within
from flask_tasker.store.grouped import Completion, record_many
from tests.hearing import hearing
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab, lab_on
from tests.reliability.moments import AT_ONCE, end_leases
from tests.reliability.shapes import chain

Ending = Callable[[Lab], object]


def lose_the_lease(lab: Lab) -> None:
    """What another worker's sweep does while this one is frozen."""
    end_leases(lab)
    assert reclaim_ended(lab.runtime) == 1


def stop(lab: Lab) -> None:
    """What a worker does that stops while the step runs."""
    for holding in lab.runtime.holdings.take_out():
        give_back(lab.runtime, holding)


@pytest.mark.parametrize("ended_by", [lose_the_lease, stop])
@pytest.mark.parametrize("fails", [False, True])
def test_a_step_that_was_cancelled_as_its_attempt_was_taken_away_is_told_once_and_its_outcome_refused(
    lab: Lab, ended_by: Ending, fails: bool
) -> None:
    @task_handler("watched")
    class Watched(TaskHandler):
        @step(retry=Retry(limit=3, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            lab.operations.cancel_step(run.step_id, actor="ann")
            ended_by(lab)
            if fails:
                raise PermanentError("as told")
            return "too late"

    with hearing(lab.app) as heard:
        task = lab.run(Watched)

    assert task.statuses == {"only": "cancelled"}
    assert (heard.names.count("step_cancelled"), heard.names.count("result_refused")) == (1, 1)
    assert heard.names.count("task_completed") == 1


@pytest.mark.parametrize("asked_to_stop", [False, True])
def test_a_step_that_the_worker_gave_back_before_it_began_is_told_once_and_nothing_is_refused(
    lab: Lab, asked_to_stop: bool
) -> None:
    handler = chain()
    message = lab.message(handler, lab.start(handler, {}), "one")
    looks: list[int] = []

    def stopping() -> bool:
        looks.append(1)
        if len(looks) == 2:
            if asked_to_stop:
                lab.operations.cancel_step(message.steps[0].step_id, actor="ann")
            stop(lab)
        return len(looks) > 1

    runtime: Runtime = replace(lab.runtime, stopping=stopping)
    with hearing(lab.app) as heard:
        work(runtime, message)

    told = "step_cancelled" if asked_to_stop else "step_given_back"
    assert (heard.names.count(told), heard.names.count("result_refused")) == (1, 0)


def test_what_a_cancelled_steps_record_says_after_a_lost_answer_is_what_the_history_says(lab: Lab) -> None:
    handler = chain()
    message = lab.message(handler, lab.start(handler, {}), "one")
    [(facts, [claimed])] = claim_all(lab.runtime, [message])
    lab.operations.cancel_step(claimed.step_id, actor="ann", reason="the order was withdrawn")
    assert facts is not None
    definition = lab.runtime.handlers.find(handler.key())
    assert definition is not None
    recording = recording_of(lab.runtime, definition, facts, claimed, Completed(results="discarded"))
    lab.runtime.database.transaction(recording)
    with hearing(lab.app) as heard:
        record(recording)

    (told,) = heard.events("step_cancelled")
    assert (told.reason, told.error) == ("the order was withdrawn", None)


def test_an_attempt_whose_commit_only_seemed_to_fail_is_told_as_completed_and_without_an_error(lab: Lab) -> None:
    handler = chain()
    message = lab.message(handler, lab.start(handler, {}), "one")
    [(facts, [claimed])] = claim_all(lab.runtime, [message])
    assert facts is not None
    definition = lab.runtime.handlers.find(handler.key())
    assert definition is not None
    outcome = execute(lab.runtime, definition, facts, claimed, {})
    recording = recording_of(lab.runtime, definition, facts, claimed, outcome)
    lab.runtime.database.transaction(recording)
    failed = replace(recording.change, status=StepStatus.ERROR, error="the commit failed", reason="as told")
    with hearing(lab.app) as heard:
        record(replace(recording, change=failed))

    (told,) = heard.events("step_completed")
    assert (told.error, told.reason, told.retry_in) == (None, None, None)
    assert "step_failed" not in heard.names


def exits(_app: Flask, *, event: object) -> None:
    """A receiver as bad as can be."""
    raise SystemExit(3)


def test_a_receiver_that_exits_changes_nothing_of_a_task(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    with (
        task_created.connected_to(exits, sender=lab.app),
        step_completed.connected_to(exits, sender=lab.app),
        hearing(lab.app) as heard,
    ):
        with lab.app.app_context():
            task_id = lab.tasker.create_task(chain().request(initiator="ann"), session=lab.db.session).task_id
            lab.db.session.commit()
        lab.drain()

    assert lab.task(task_id).status == "complete"
    assert heard.names.count("step_completed") == 3
    assert "a receiver of the signal task_created failed" in caplog.text


def test_an_event_that_cannot_be_made_is_logged_even_where_that_exits(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Any:
        raise SystemExit(3)

    with hearing(lab.app) as heard:
        lab.runtime.announce(step_failed, fail)

    assert heard.told == []
    assert "the signal step_failed could not be sent" in caplog.text


def test_a_worker_whose_receiver_exits_goes_on_sweeping(lab: Lab) -> None:
    with swept.connected_to(exits, sender=lab.app), hearing(lab.app) as heard, lab.working():
        eventually(lambda: heard.names.count("swept") > 2)


def test_a_thread_goes_on_repeating_what_exited(caplog: pytest.LogCaptureFixture) -> None:
    done, calls = threading.Event(), list[int]()

    def act() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise SystemExit(3)
        done.set()

    repeating = Repeating("exiting", act, pause=lambda: 0.0)
    repeating.start()
    try:
        assert done.wait(30)
    finally:
        repeating.stop()
    assert "exiting failed and will be tried again" in caplog.text


def test_a_verb_that_was_committed_as_its_time_was_up_is_told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    dialect = lab.runtime.database.engine.dialect
    really = dialect.do_commit

    def commit_late(connection: Any) -> None:
        really(connection)
        if deadline._here.deadline is not None:
            deadline._here.deadline.at = 0.0

    @task_handler("fork")
    class Fork(TaskHandler):
        @step(retry=NO_RETRY)
        def left(self, run: StepRun) -> None:
            right = lab.task(run.task_id)["right"].step_id
            with monkeypatch.context() as patch, within(60):
                patch.setattr(dialect, "do_commit", commit_late)
                assert lab.operations.skip_step(right, actor="ann") == "skipped"

        @step(depends_on=left, skippable=True, retry=NO_RETRY)
        def right(self, run: StepRun) -> None: ...

        @step(depends_on=[left, right])
        def join(self, run: StepRun) -> None: ...

    with hearing(lab.app) as heard:
        task = lab.run(Fork)

    assert task.status == "complete"
    assert [event.name for event in heard.events("step_skipped")] == ["right"]


def test_steps_that_end_their_task_together_tell_its_end_once(
    postgres_database: str, tasker_handlers: HandlerFactory
) -> None:
    """Two threads record in one statement, and each tells what it is said to have come to."""

    @task_handler("both")
    class Both(TaskHandler):
        @step
        def left(self, run: StepRun) -> None:
            """One of the last."""

        @step
        def right(self, run: StepRun) -> None:
            """The other."""

    with lab_on(postgres_database, tasker_handlers) as lab, lab.app.app_context():
        runtime, task_id = lab.runtime, lab.start(Both, {})
        held = [
            one for name in ("left", "right") for one in claim_all(runtime, [lab.message(Both, task_id, name)])[0][1]
        ]
        last = [
            Completion(step_id=one.step_id, token=one.token, results=None, next_token=uuid.uuid4(), take=0)
            for one in held
        ]

        followed = runtime.database.once(
            lambda connection: record_many(connection, runtime.database.clock, last, worker="w", seconds=30)
        )

        assert len(followed) == 2
        assert [one.settled.target for one in followed.values() if one.settled is not None] == [TaskStatus.COMPLETE]
