"""Signals of what goes wrong, of what people do, and of what a receiver may do to the engine: nothing."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask, current_app

from flask_tasker import PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.bulk import act_on_tasks
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.engine.sweep import Sweep
from flask_tasker.engine.work import work
from flask_tasker.extension import Operations
from flask_tasker.lifecycle import TaskStatus, Verb
from flask_tasker.signals import EVENTS, SIGNALS, StepEvent, step_completed, step_failed, task_completed
from flask_tasker.store.reading import TaskFilter
from flask_tasker.store.verbs import Actor
from tests.hearing import hearing, history_of
from tests.reliability.lab import Lab
from tests.reliability.moments import AT_ONCE, end_leases, steal_lease
from tests.reliability.shapes import chain


def refused_at_first(name: str) -> type[TaskHandler]:
    """One step that fails for good, and a child."""

    @task_handler(name)
    class Refused(TaskHandler):
        @step(skippable=True)
        def first(self, run: StepRun) -> bool:
            raise PermanentError("the card was refused")

        @step(depends_on=first)
        def second(self, run: StepRun) -> bool:
            return True

    return Refused


def test_an_ended_lease_is_told_and_the_task_that_it_ends(lab: Lab) -> None:
    @task_handler("silent")
    class Silent(TaskHandler):
        @step(retry=Retry(limit=1))
        def only(self, run: StepRun) -> bool:
            return True

    task_id = lab.start(Silent)
    claim_all(lab.runtime, [lab.message(Silent, task_id, "only")])
    end_leases(lab)
    with hearing(lab.app) as heard:
        assert reclaim_ended(lab.runtime) == 1

    assert heard.names == ["step_lease_ended", "task_failed"]
    told: StepEvent = heard.events("step_lease_ended")[0]
    assert (told.name, told.attempt, told.retry_in) == ("only", 1, None)
    assert "went silent" in str(told.error)


def test_a_result_that_comes_too_late_is_told_as_refused(lab: Lab) -> None:
    @task_handler("late")
    class Late(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> bool:
            if run.attempt == 1:
                steal_lease(lab, run.step_id)
            return True

    with hearing(lab.app) as heard:
        lab.start(Late)
        lab.drain()

    (refused,) = heard.events("result_refused")
    assert (refused.name, refused.attempt, refused.worker) == ("only", 1, lab.runtime.worker)
    assert "step_completed" not in heard.names


def test_steps_that_somebody_else_has_are_told_as_lost(lab: Lab) -> None:
    handler = chain()
    task_id = lab.start(handler)
    message = lab.message(handler, task_id)
    lab.drain()
    with hearing(lab.app) as heard:
        # All three are asked for at once, on however slow a machine.
        assert work(lab.knowing(handler, "one", "two", "three"), message) == 0

    (lost,) = heard.events("claims_lost")
    assert (lost.task_id, lost.wanted, lost.claimed) == (task_id, 3, 0)


@pytest.mark.parametrize(
    ("verb", "names"),
    [
        ("retry", ["step_retried", "task_reopened"]),
        ("skip", ["step_skipped", "task_reopened"]),
        ("resolve", ["step_resolved", "task_reopened"]),
        ("cancel", ["step_cancelled", "task_reopened"]),
    ],
)
def test_what_a_person_does_to_a_step_is_told_with_who_and_why(lab: Lab, verb: str, names: list[str]) -> None:
    task = lab.run(refused_at_first(f"by_hand_{verb}"))
    act = getattr(Operations(lab.state), f"{verb}_step")
    with hearing(lab.app) as heard:
        act(task["first"].step_id, actor="ann", reason="the card works now")

    assert heard.names == names
    assert {(event.actor, event.reason) for _, event in heard.told} == {("ann", "the card works now")}


@pytest.mark.parametrize(
    ("verb", "names"),
    [
        ("retry", ["step_retried", "task_reopened"]),
        ("resolve", ["task_resolved"]),
        ("cancel", ["step_cancelled", "step_cancelled", "task_cancelled"]),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_what_a_person_does_to_tasks_is_told(lab: Lab, verb: str, names: list[str], together: bool) -> None:
    task = lab.run(refused_at_first(f"tasks_{verb}"))
    before = history_of(task)
    actor = Actor(name="ann", reason="as agreed")
    with hearing(lab.app) as heard:
        if together:
            act_on_tasks(lab.runtime, TaskFilter(), Verb(verb), actor=actor, limit=10)
        else:
            getattr(Operations(lab.state), f"{verb}_task")(task.task_id, actor="ann", reason="as agreed")

    assert heard.names == names
    assert heard.moves(task.task_id) == history_of(lab.task(task.task_id)) - before


def test_a_task_that_is_over_once_its_last_step_is_skipped_is_told(lab: Lab) -> None:
    @task_handler("last")
    class Last(TaskHandler):
        @step(skippable=True)
        def only(self, run: StepRun) -> bool:
            raise PermanentError("no")

    task = lab.run(Last)
    with hearing(lab.app) as heard:
        Operations(lab.state).skip_step(task["only"].step_id, actor="ann")

    assert heard.names == ["step_skipped", "task_reopened", "task_completed"]


def test_a_task_of_the_callers_transaction_is_told_after_its_commit_and_never_if_it_rolls_back(lab: Lab) -> None:
    handler = chain()
    with hearing(lab.app) as heard, lab.app.app_context():
        lab.tasker.create_task(handler.request(initiator=uuid.uuid4().hex), session=lab.db.session)
        assert heard.names == []
        lab.db.session.rollback()
        assert heard.names == []
        with lab.db.session.begin_nested() as savepoint:
            lab.tasker.create_task(handler.request(initiator=uuid.uuid4().hex), session=lab.db.session)
            savepoint.rollback()
        task_id = lab.tasker.create_task(handler.request(initiator="ann"), session=lab.db.session).task_id
        lab.db.session.commit()

    (created,) = heard.events("task_created")
    assert (created.task_id, created.source, created.target, created.actor) == (task_id, None, "pending", "ann")


def test_many_tasks_are_each_told(lab: Lab) -> None:
    handler = chain()
    with hearing(lab.app) as heard, lab.app.app_context():
        requests = [handler.request(initiator=uuid.uuid4().hex) for _ in range(3)]
        tasks = lab.tasker.create_tasks(requests)

    assert [event.task_id for event in heard.events("task_created")] == [task.task_id for task in tasks]


def test_a_receiver_that_raises_is_logged_and_changes_nothing(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    def faulty(_app: Flask, *, event: StepEvent) -> None:
        raise ZeroDivisionError(event.name)

    with step_completed.connected_to(faulty, sender=lab.app), hearing(lab.app) as heard:
        task = lab.run(chain())

    assert task.status == TaskStatus.COMPLETE
    assert heard.names.count("step_completed") == 3
    assert caplog.text.count("a receiver of the signal step_completed failed") == 3
    assert "ZeroDivisionError" in caplog.text


def test_a_receiver_may_use_the_database_and_sees_what_was_committed(lab: Lab) -> None:
    seen = []

    def ask(_app: Flask, *, event: StepEvent) -> None:
        seen.append((current_app.name, lab.task(event.task_id)[event.name].status))
        lab.write(event.name)
        lab.db.session.commit()

    with step_completed.connected_to(ask, sender=lab.app):
        lab.run(chain())

    assert seen == [("lab", "complete")] * 3
    assert len(lab.written) == 3


def test_an_app_does_not_hear_of_anothers_tasks(lab: Lab) -> None:
    with hearing(Flask("another")) as heard:
        lab.run(chain())

    assert heard.told == []


def test_who_listens_to_every_app_is_told_of_which(lab: Lab) -> None:
    apps = []

    def note(app: Flask, *, event: object) -> None:
        apps.append(app)

    with task_completed.connected_to(note):
        lab.run(chain())

    assert apps == [lab.app]


def test_a_worker_tells_of_its_life_and_its_sweeps(lab: Lab) -> None:
    with hearing(lab.app) as heard, lab.working(threads=3):
        lab.run_by_worker(chain())
    started, stopped = heard.events("worker_started"), heard.events("worker_stopped")

    assert [(event.worker, event.threads) for event in started] == [(lab.runtime.worker, 3)]
    assert stopped == started
    assert {event.worker for event in heard.events("swept")} == {lab.runtime.worker}


def test_a_sweep_tells_of_a_task_that_it_settles(lab: Lab) -> None:
    task_id = lab.start(refused_at_first("stalled"))
    lab.execute(
        "UPDATE tasker_workflow_steps SET status = 'error', next_attempt_at = NULL, attempts = 1 WHERE name = 'first'"
    )
    lab.execute("UPDATE tasker_tasks SET status = 'in_progress'")
    with hearing(lab.app) as heard:
        Sweep(lab.runtime)()

    (failed,) = heard.events("task_failed")
    assert (failed.task_id, failed.handler[1], failed.source) == (task_id, "stalled", "in_progress")


def test_messages_that_the_broker_does_not_take_are_told(lab: Lab) -> None:
    def down(_messages: object) -> None:
        raise ConnectionError("no broker")

    handler = chain()
    lab.state.sender.send = down  # type: ignore[method-assign]
    with hearing(lab.app) as heard:
        lab.start(handler)
        lab.start(handler)

    # The second is not even tried: the sender rests.
    assert [event.messages for event in heard.events("messages_lost")] == [1, 1]
    assert heard.names.count("task_created") == 2


def test_what_nobody_listens_to_is_not_even_made(lab: Lab) -> None:
    def fail() -> StepEvent:
        raise AssertionError("nobody is to be told")

    lab.runtime.announce(step_failed, fail)
    with step_failed.connected_to(lambda *_args, **_more: None, sender=Flask("another")):
        lab.runtime.announce(step_failed, fail)


def test_every_signal_says_what_it_means_and_carries() -> None:
    assert set(EVENTS) == set(SIGNALS)
    assert all(signal.__doc__ for signal in SIGNALS.values())
