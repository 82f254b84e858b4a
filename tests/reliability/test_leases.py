"""Leases: kept while the worker lives, lost when another has them, and counted as attempts."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from flask_tasker import HandlerFactory, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine.claiming import claim_all, message_for
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.lifecycle import StepMessage, StepRef
from flask_tasker.store.leases import renew_leases
from tests.reliability.conftest import MakeLab
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.moments import AT_ONCE, end_leases, steal_lease
from tests.reliability.shapes import chain


def test_a_step_keeps_its_lease_for_as_long_as_it_runs(make_lab: MakeLab) -> None:
    lab = make_lab(TASKER_LEASE_SECONDS=0.5)
    seen = set[datetime | None]()

    @task_handler("long")
    class Long(TaskHandler):
        @step
        def only(self, run: StepRun) -> bool:
            def renewed_thrice() -> bool:
                seen.add(lab.task(run.task_id)["only"].leased_until)
                return len(seen) > 3

            return eventually(renewed_thrice) and not run.lost

    with lab.working(threads=2):
        task = lab.run_by_worker(Long)

    assert task["only"].results is True
    assert task["only"].attempts == 1
    assert_legal(task)


def test_a_worker_that_has_lost_a_lease_learns_it_and_its_result_is_refused(
    make_lab: MakeLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab = make_lab(TASKER_LEASE_SECONDS=0.3)
    learnt = threading.Event()

    @task_handler("robbed")
    class Robbed(TaskHandler):
        @step(retry=Retry(limit=2, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            if run.attempt == 2:
                assert not run.lost
                return "of the second"
            steal_lease(lab, run.step_id)
            eventually(lambda: run.lost)
            learnt.set()
            return "of the first"

    with lab.working(threads=2):
        task = lab.run_by_worker(Robbed)
        assert learnt.wait(30)

    assert task["only"].results == "of the second"
    assert f"step 'only' of task {task.task_id}: the lease was lost, its result is refused" in caplog.messages
    assert_legal(task)


def test_a_heartbeat_skips_rows_that_are_being_written_and_does_not_count_them_as_lost(postgres_lab: Lab) -> None:
    lab = postgres_lab
    standing: list[set[int]] = []

    @task_handler("locked")
    class Locked(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            before = lab.task(run.task_id)["only"].leased_until
            with lab.engine.begin() as other:
                other.execute(sa.text("SELECT 1 FROM tasker_workflow_steps FOR UPDATE"))
                held = lab.runtime.holdings.to_renew()
                standing.append(
                    lab.runtime.database.transaction(
                        lambda c: renew_leases(c, lab.runtime.database.clock, held=held, seconds=900)
                    )
                )
            assert lab.task(run.task_id)["only"].leased_until == before

    task = lab.run(Locked)

    assert task.status == "complete"
    assert standing == [{task["only"].step_id}]


def test_a_token_that_does_not_stand_is_not_renewed(lab: Lab) -> None:
    @task_handler("other")
    class Other(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            database = lab.runtime.database
            held = [(run.step_id, uuid.uuid4())]
            assert database.transaction(lambda c: renew_leases(c, database.clock, held=held, seconds=900)) == set()

    assert lab.run(Other).status == "complete"


def test_a_step_that_kills_its_worker_every_time_runs_out_of_attempts(lab: Lab) -> None:
    """A worker that dies leaves a lease that ends; each claim was counted."""

    @task_handler("killer")
    class Killer(TaskHandler):
        @step(retry=Retry(limit=3, backoff=AT_ONCE))
        def only(self, run: StepRun) -> str:
            end_leases(lab)
            reclaim_ended(lab.runtime)
            return "never recorded"

    task = lab.run(Killer)

    assert task.status == "error"
    assert task["only"].attempts == 3
    assert [change.error for change in task["only"].history if change.target == "error"] == [
        f"lease ended: the worker of attempt {number} of 3 went silent" for number in (1, 2, 3)
    ]
    assert task["only"].history[-1].reason == "out of attempts: 3 of 3 used"
    assert_legal(task)


@pytest.mark.parametrize("knows", [True, False])
def test_who_frees_a_step_and_knows_its_handler_tries_it_again_when_it_is_due(lab: Lab, knows: bool) -> None:
    handler, later = chain(), list[tuple[float, StepMessage]]()
    task_id = lab.start(handler)
    definition, first = lab.runtime.handlers.find(handler.key()), lab.task(task_id)["one"]
    assert definition is not None
    told = message_for(definition, task_id, StepRef(first.step_id, "one"))
    claim_all(lab.runtime, [told])
    end_leases(lab)

    handlers = lab.runtime.handlers if knows else HandlerFactory()
    free = replace(lab.runtime, handlers=handlers, later=lambda seconds, message: later.append((seconds, message)))
    assert reclaim_ended(free) == 1

    freed = lab.task(task_id)["one"]
    assert freed.status == "error"
    assert freed.next_attempt_at is not None
    assert [message for _, message in later] == ([told] if knows else [])
    assert all(0 < seconds <= 3_600 for seconds, _ in later)


def test_a_step_is_lost_to_a_worker_that_does_not_hold_it(lab: Lab) -> None:
    seen: list[bool] = []

    @task_handler("held")
    class Held(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            seen.append(run.lost)
            holdings = lab.runtime.holdings
            holdings.mark_lost([(run.step_id, uuid.uuid4())], standing=())
            seen.append(run.lost)
            holdings.mark_lost(holdings.to_renew(), standing={run.step_id})
            seen.append(run.lost)
            holdings.mark_lost(holdings.to_renew(), standing=())
            seen.append(run.lost)
            assert holdings.to_renew() == []

    lab.run(Held)

    assert seen == [False, False, False, True]


def test_a_worker_that_stops_before_a_claimed_step_begins_gives_it_back_uncounted(lab: Lab) -> None:
    handler = chain()
    task_id = lab.start(handler)
    with lab.working(threads=1) as worker:
        eventually(lambda: lab.task(task_id).status == "complete")
        assert worker.busy in (0, 1)

    assert [step.attempts for step in lab.task(task_id).steps.values()] == [1, 1, 1]
