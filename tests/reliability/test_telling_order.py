"""The order of what is told, and lines and signals also of what a worker did not end itself."""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from flask_tasker import PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Runtime, create_task, create_tasks, work
from flask_tasker.engine.bulk import act_on_tasks
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.once import create_task_once
from flask_tasker.engine.reclaim import give_back, reclaim_ended
from flask_tasker.engine.sweep import Sweep
from flask_tasker.engine.verbs import act_on_step
from flask_tasker.lifecycle import StepMessage, Verb
from flask_tasker.store.database import Database
from flask_tasker.store.reading import TaskFilter
from flask_tasker.store.verbs import Actor
from tests.hearing import hearing
from tests.reliability.lab import Lab
from tests.reliability.moments import AT_ONCE, end_leases
from tests.reliability.shapes import chain

Start = Callable[[Lab, Runtime, type[TaskHandler]], object]
ANN = Actor(name="ann", reason=None)


def inline(lab: Lab) -> Runtime:
    """A process that works on its messages as it sends them, as ``inline://`` does outside of tests."""

    def send(messages: Sequence[StepMessage]) -> None:
        for message in messages:
            work(runtime, message)

    runtime = replace(lab.runtime, send=send)
    return runtime


def alone(_lab: Lab, runtime: Runtime, handler: type[TaskHandler]) -> None:
    """One task, in a transaction of its own."""
    create_task(runtime, handler.request())


def together(_lab: Lab, runtime: Runtime, handler: type[TaskHandler]) -> None:
    """Several."""
    create_tasks(runtime, [handler.request()])


def under_a_key(_lab: Lab, runtime: Runtime, handler: type[TaskHandler]) -> None:
    """Under a key of the client's."""
    create_task_once(runtime, handler.request(), key=uuid.uuid4().hex)


def in_a_session(lab: Lab, runtime: Runtime, handler: type[TaskHandler]) -> None:
    """In the caller's transaction."""
    with lab.app.app_context():
        create_task(runtime, handler.request(), session=lab.db.session())
        lab.db.session.commit()


@pytest.mark.parametrize("start", [alone, together, under_a_key, in_a_session])
def test_a_task_is_told_of_before_it_is_worked_on(lab: Lab, start: Start) -> None:
    with hearing(lab.app) as heard:
        start(lab, inline(lab), chain())

    assert heard.names[:2] == ["task_created", "task_started"]
    assert heard.names[-1] == "task_completed"


@pytest.mark.parametrize("by", ["step", "filter"])
def test_what_a_person_did_is_told_before_what_follows_from_it(lab: Lab, by: str) -> None:
    @task_handler("mended")
    class Mended(TaskHandler):
        @step
        def only(self, run: StepRun) -> bool:
            if not lab.written:
                raise PermanentError("no")
            return True

    task = lab.run(Mended)
    with lab.app.app_context():
        lab.write("mended")
        lab.db.session.commit()
    with hearing(lab.app) as heard:
        if by == "step":
            act_on_step(inline(lab), task["only"].step_id, Verb.RETRY, actor=ANN)
        else:
            act_on_tasks(inline(lab), TaskFilter(), Verb.RETRY, actor=ANN, limit=1)

    assert heard.names == ["step_retried", "task_reopened", "step_started", "step_completed", "task_completed"]


def claimed(lab: Lab, limit: int) -> StepMessage:
    """The message of a step that this process holds."""

    @task_handler("silent")
    class Silent(TaskHandler):
        @step(retry=Retry(limit=limit, backoff=AT_ONCE))
        def only(self, run: StepRun) -> bool:
            return True

    message = lab.message(Silent, lab.start(Silent, correlation_id="request-7"))
    claim_all(lab.runtime, [message])
    return message


@pytest.mark.parametrize("limit", [1, 2])
def test_an_attempt_whose_lease_has_ended_has_its_line(lab: Lab, caplog: pytest.LogCaptureFixture, limit: int) -> None:
    claimed(lab, limit)
    end_leases(lab)
    with caplog.at_level(logging.INFO, "flask_tasker"):
        assert reclaim_ended(lab.runtime) == 1

    (line,) = [one for one in caplog.records if "went silent" in one.getMessage()]
    fields = vars(line)
    assert line.levelname == ("WARNING" if limit == 1 else "INFO")
    assert [fields[name] for name in ("task", "step", "attempt", "correlation_id", "worker")] == [
        "default/silent@0.1.0",
        "only",
        1,
        "request-7",
        lab.runtime.worker,
    ]


def test_an_attempt_whose_worker_stopped_has_its_line(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    claimed(lab, 1)
    (holding,) = lab.runtime.holdings.take_out()
    holding.started = True
    give_back(lab.runtime, holding)

    (line,) = [one for one in caplog.records if "the worker stopped while the step ran" in one.getMessage()]
    assert (line.levelname, vars(line)["correlation_id"]) == ("WARNING", "request-7")


def test_a_step_that_was_given_back_is_told_of_although_the_database_is_away_after_that(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object, **_options: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    sent: list[StepMessage] = []
    message = claimed(lab, 1)
    (holding,) = lab.runtime.holdings.take_out()
    with hearing(lab.app) as heard:
        monkeypatch.setattr(Database, "read", away)
        give_back(replace(lab.runtime, send=sent.extend), holding)

    (told,) = heard.events("step_given_back")
    assert (told.handler[1], told.retry_in, sent) == ("silent", 0.0, [message])


def test_a_task_that_others_have_settled_meanwhile_was_not_mended(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = lab.run(chain()).task_id
    lab.start(chain())
    monkeypatch.setattr(sys.modules[Sweep.__module__], "stalled_tasks", lambda *_arguments: [ended])

    assert Sweep(lab.runtime).mend_page() == 0
