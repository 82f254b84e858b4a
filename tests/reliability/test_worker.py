"""A worker whose database says no, whose neighbour fell silent, or that is told to stop."""

from __future__ import annotations

import math
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from flask_tasker import NO_RETRY, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Worker, reclaim, work, worker
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.record_together import write_all
from flask_tasker.engine.turns import TOOK_LONG
from flask_tasker.engine.work import record_for_others
from flask_tasker.lifecycle import StepMessage, StepRef
from flask_tasker.store import workers
from flask_tasker.store.workers import Glance, sign_and_glance
from tests.reliability.conftest import MakeLab
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE, end_leases
from tests.reliability.shapes import chain

AWAY = OperationalError("SELECT 1", {}, Exception("the database is away"))
STOPPING = "the database did not answer; leases that could not be given back end by themselves"


class Refusing:
    """Says no so many times, and then does what it stands for."""

    def __init__(self, really: Callable[..., Any], times: int) -> None:
        self.really = really
        self.left = times
        self.mended_at = 0.0

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self.left > 0:
            self.left -= 1
            raise AWAY
        self.mended_at = self.mended_at or time.monotonic()
        return self.really(*args, **options)


class Sitting:
    """A handler's code that runs until the test lets it go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.go.wait(30)


def test_a_worker_that_cannot_work_on_messages_says_so_once_and_when_it_can_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="flask_tasker")
    handler = single("refused")
    task_id = lab.start(handler)
    hint = lab.message(handler, task_id)
    monkeypatch.setattr(worker, "work", Refusing(work, times=3))
    here = Worker(lab.runtime, threads=1)

    assert [here.handle(hint) for _ in range(5)] == [False, False, False, True, True]

    assert here.busy == 0
    assert lab.task(task_id).status == "complete"
    # Without the error, and without how long it lasted.
    about = [re.split("[:,]", text)[0] for text in caplog.messages if text.startswith("working on messages")]
    assert about == ["working on messages failed and will be tried again", "working on messages works again"]


def test_what_a_worker_found_by_itself_and_could_not_work_on_it_tries_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Refusing(work, times=2)
    monkeypatch.setattr(worker, "work", refusing)
    with lab.working(threads=1):
        task = lab.run_by_worker(single("tried again"))
    assert (task.status, refusing.left) == ("complete", 0)
    assert_legal(task)


def test_while_messages_come_a_step_without_one_is_taken_after_three_sweeps(make_lab: MakeLab) -> None:
    lab, handler = make_lab(TASKER_SWEEP_SECONDS=1), single("untold")
    told = lab.message(handler, lab.run(handler).task_id)
    with lab.working(threads=2) as here:
        assert here.handle(told)
        # However long the machine stands still between two of them, messages come.
        here._last_message_at = math.inf
        task_id = lab.start(handler)
        due_at = lab.task(task_id)["only"].next_attempt_at
        eventually(lambda: lab.task(task_id).status == "complete")

    assert due_at is not None
    waited = lab.task(task_id)["only"].history[0].at - due_at
    assert timedelta(seconds=3) <= waited < timedelta(seconds=30)


def test_a_worker_to_which_no_message_has_come_for_a_sweep_takes_what_is_ready(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, handler = make_lab(TASKER_SWEEP_SECONDS=7), single("told")
    told = lab.message(handler, lab.run(handler).task_id)
    here, now = Worker(lab.runtime, threads=1), [1_000.0]
    # What this module sees as the time, not what everybody does: other threads wait for their deadlines.
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: now[0]))

    before = here._patience()
    here.handle(told)
    after = here._patience()
    now[0] += 6.9
    nearly = here._patience()
    now[0] += 0.2

    assert (before, after, nearly, here._patience()) == (0.0, 21.0, 21.0, 0.0)


def test_a_worker_that_stops_gives_back_what_still_runs_and_refuses_messages(make_lab: MakeLab) -> None:
    lab, sitting = make_lab(TASKER_STOP_SECONDS=0), Sitting()

    @task_handler("sitting")
    class Sits(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> int:
            if run.attempt == 1:
                sitting()
            return run.attempt

    task_id = lab.start(Sits)
    with lab.working(threads=1) as here:
        assert sitting.begun.wait(30)
        here.stop()
        assert lab.task(task_id)["only"].history[-1].error == "the worker stopped while the step ran"
        assert not here.handle(lab.message(Sits, task_id))
        sitting.go.set()
        eventually(lambda: here.busy == 0)
    lab.drain()

    task = lab.task(task_id)
    assert (task["only"].results, task["only"].attempts) == (2, 2)
    assert_legal(task)


def test_a_message_that_waited_for_its_turn_until_the_worker_stopped_is_not_worked_on(lab: Lab) -> None:
    handler = single("late")
    task_id = lab.start(handler)
    here = Worker(lab.runtime, threads=1)

    class StopsMeanwhile:
        def __enter__(self) -> None:
            here._stopping.set()

        def __exit__(self, *_: object) -> None:
            pass

    here._slots = StopsMeanwhile()  # type: ignore[assignment]

    assert not here.handle(lab.message(handler, task_id))
    assert lab.task(task_id)["only"].status == "pending"


def test_a_worker_that_stops_while_the_database_is_away_leaves_its_leases_to_end(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lab, sitting = make_lab(TASKER_STOP_SECONDS=0), Sitting()

    @task_handler("left")
    class Left(TaskHandler):
        @step(retry=NO_RETRY)
        def only(self, run: StepRun) -> None:
            sitting()

    def away_for_who_stops(*arguments: Any, **options: Any) -> None:
        # A sweep that comes to its end meanwhile signs off as well.
        if threading.current_thread() is threading.main_thread():
            raise AWAY
        workers.sign_off(*arguments, **options)

    task_id = lab.start(Left)
    with lab.working(threads=1) as here:
        assert sitting.begun.wait(30)
        with monkeypatch.context() as patch:
            patch.setattr(worker, "give_back", Refusing(reclaim.give_back, times=1))
            patch.setattr(worker, "sign_off", away_for_who_stops)
            here.stop()
        sitting.go.set()
        eventually(lambda: here.busy == 0)

    assert caplog.messages.count(STOPPING) == 2
    task = lab.task(task_id)
    # Its record found the lease standing: nobody had taken it.
    assert (task.status, task["only"].attempts) == ("complete", 1)
    assert_legal(task)


def test_what_a_silent_worker_may_have_left_is_mended_as_soon_as_it_is_missed(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child whose parent is done, not marked ready: its worker died between two commits."""
    monkeypatch.setattr(worker, "THOROUGH_EVERY", 1_000_000)
    handler = chain()
    with lab.working(threads=1):
        eventually(lambda: _signed_on(lab))
        before = lab.run_by_worker(handler)
        lab.execute(
            "UPDATE tasker_workflow_steps SET status = 'pending', next_attempt_at = NULL, processed_at = NULL, "
            "attempts = 0, results = NULL WHERE name <> 'one'"
        )
        lab.execute("UPDATE tasker_tasks SET status = 'in_progress', completed_at = NULL")
        _sign_on_silent(lab)
        task = eventually(lambda: _complete(lab, before.task_id))
    assert task["three"].results == "one two three"
    with lab.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM tasker_workers")) == 0


def test_leases_that_ended_while_the_database_was_away_are_first_left_to_their_workers_to_renew(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = make_lab(TASKER_LEASE_SECONDS=1.5)
    handler = single("outage")
    looking = Refusing(sign_and_glance, times=1_000_000)
    engines = (lab.runtime.database.engine, lab.runtime.database.swift)

    def away_for_this_app(connection: sa.Connection, *arguments: Any, **options: Any) -> Glance:
        # The workers of other tests' apps look around in this process as well, under the same name.
        look = looking if connection.engine in engines else sign_and_glance
        found: Glance = look(connection, *arguments, **options)
        return found

    monkeypatch.setattr(worker, "sign_and_glance", away_for_this_app)
    with lab.working(threads=1):
        eventually(lambda: looking.left < 1_000_000)
        task_id = lab.start(handler)
        claim_all(lab.runtime, [lab.message(handler, task_id)])
        end_leases(lab)
        looking.left = 1
        eventually(lambda: lab.task(task_id)["only"].leased_until is None)
        waited = time.monotonic() - looking.mended_at
        task = eventually(lambda: _complete(lab, task_id))

    assert waited >= 1.5 / 3
    assert task["only"].attempts == 2
    assert_legal(task)


def test_a_step_thought_quick_that_hangs_holds_up_neither_those_before_it_nor_those_behind_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "OVERDUE_SECONDS", 0.1)
    sitting = Sitting()

    @task_handler("three at once")
    class Three(TaskHandler):
        @step(retry=NO_RETRY)
        def before(self, run: StepRun) -> str:
            return "before"

        @step(retry=NO_RETRY)
        def hangs(self, run: StepRun) -> None:
            sitting()

        @step(retry=NO_RETRY)
        def behind(self, run: StepRun) -> None: ...

        @step(depends_on=before, retry=NO_RETRY)
        def child(self, run: StepRun) -> str:
            return f"child of {run.result(self.before)}"

    task_id = lab.start(Three)
    found = lab.task(task_id).steps
    steps = tuple(StepRef(found[name].step_id, name) for name in ("before", "hangs", "behind"))
    hint = StepMessage(task_id=task_id, handler=Three.key(), steps=steps)
    here = Worker(lab.knowing(Three, "before", "hangs", "behind"), threads=2)
    thread = threading.Thread(target=here.handle, args=(hint,))
    thread.start()
    assert sitting.begun.wait(30)
    here.start()
    others = dict.fromkeys(("before", "behind", "child"), "complete")
    eventually(lambda: lab.task(task_id).statuses == {"hangs": "in_progress", **others})
    sitting.go.set()
    thread.join(30)
    here.stop()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert {one.attempts for one in task.steps.values()} == {1}
    assert task["child"].results == "child of before"
    assert task["behind"].history[1].reason == TOOK_LONG
    assert_legal(task)


def test_an_outcome_that_cannot_be_recorded_for_a_busy_thread_takes_no_other_with_it_and_its_lease_ends(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lab, sitting = make_lab(TASKER_LEASE_SECONDS=1), Sitting()
    monkeypatch.setattr(worker, "OVERDUE_SECONDS", 0.1)
    monkeypatch.setattr(sys.modules[work.__module__], "write_all", Refusing(write_all, times=1))

    @task_handler("three in a row")
    class Three(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def first(self, run: StepRun) -> int:
            return run.attempt

        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def second(self, run: StepRun) -> int:
            return run.attempt

        @step(retry=NO_RETRY)
        def hangs(self, run: StepRun) -> None:
            sitting()

    task_id = lab.start(Three)
    found = lab.task(task_id).steps
    steps = tuple(StepRef(step.step_id, name) for name, step in found.items())
    here = Worker(lab.knowing(Three, *found), threads=2)
    hint = StepMessage(task_id=task_id, handler=Three.key(), steps=steps)
    thread = threading.Thread(target=here.handle, args=(hint,))
    thread.start()
    assert sitting.begun.wait(30)
    here.start()
    others = dict.fromkeys(("first", "second"), "complete")
    eventually(lambda: lab.task(task_id).statuses == {**others, "hangs": "in_progress"})
    sitting.go.set()
    thread.join(30)
    here.stop()

    task = lab.task(task_id)
    assert task.status == "complete"
    assert [task[name].results for name in ("first", "second")] == [2, 1]
    assert f"step 'first' of task {task_id} could not be recorded; its lease ends" in caplog.messages
    assert_legal(task)


@pytest.mark.parametrize("database", ["is there", "is away"])
def test_a_worker_that_stops_records_what_is_known_and_waits_for_no_database(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    lab, sitting = make_lab(TASKER_STOP_SECONDS=0), Sitting()
    monkeypatch.setattr(worker, "OVERDUE_SECONDS", 60)
    monkeypatch.setattr(worker, "LAST_RECORDS_SECONDS", 20 if database == "is there" else 0.1)
    back, recorded = threading.Event(), threading.Event()

    def record_once_it_is_back(*arguments: Any) -> None:
        assert database == "is there" or back.wait(30)
        record_for_others(*arguments)
        recorded.set()

    monkeypatch.setattr(worker, "record_for_others", record_once_it_is_back)

    @task_handler("two at once")
    class Two(TaskHandler):
        @step(retry=NO_RETRY)
        def quick(self, run: StepRun) -> str:
            return "known"

        @step(retry=NO_RETRY)
        def hangs(self, run: StepRun) -> None:
            sitting()

    task_id = lab.start(Two)
    found = lab.task(task_id).steps
    steps = tuple(StepRef(step.step_id, name) for name, step in found.items())
    here = Worker(lab.knowing(Two, *found), threads=1)
    hint = StepMessage(task_id=task_id, handler=Two.key(), steps=steps)
    thread = threading.Thread(target=here.handle, args=(hint,))
    thread.start()
    assert sitting.begun.wait(30)
    here.stop()
    assert lab.task(task_id)["hangs"].status == "error"
    assert recorded.is_set() == (database == "is there")
    back.set()
    assert recorded.wait(30)
    sitting.go.set()
    thread.join(30)

    task = lab.task(task_id)
    if database == "is there":
        assert (task["quick"].results, task["quick"].attempts) == ("known", 1)
    else:
        # The stop gave it back in between, as a step that ran: what was known by then is refused.
        assert task["quick"].history[-1].error == "the worker stopped while the step ran"
    assert_legal(task)


def single(name: str) -> type[TaskHandler[Any]]:
    """A handler of one step."""

    @task_handler(name)
    class Single(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            return "done"

    return Single


def _signed_on(lab: Lab) -> bool:
    with lab.engine.connect() as connection:
        return bool(connection.scalar(sa.text("SELECT count(*) FROM tasker_workers")))


def _sign_on_silent(lab: Lab) -> None:
    past = "'2001-01-01 00:00:00.000'" if lab.runtime.database.is_sqlite else "'2001-01-01 00:00:00+00'"
    lab.execute(
        "INSERT INTO tasker_workers (name, threads, started_at, seen_at, expected_by) "
        f"VALUES ('silent', 1, {past}, {past}, {past})"
    )


def _complete(lab: Lab, task_id: int) -> Any:
    task = lab.task(task_id)
    return task if task.status == "complete" else None


def test_what_a_statement_was_given_is_in_no_errors_text(lab: Lab) -> None:
    database = lab.runtime.database
    engines = [engine for engine in (database.engine, database.swift) if engine is not None]
    wrong = "SELECT :secret FROM nowhere" if database.is_sqlite else "SELECT CAST(:secret AS TEXT), 1/0"
    for engine in engines:
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as caught:
            connection.execute(sa.text(wrong), {"secret": "hunter2"})
        assert "SELECT" in str(caught.value)
        assert "hunter2" not in str(caught.value)
