"""Several messages at once: worked on side by side, and none of them waits for, or falls with, another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from flask_tasker import NO_RETRY, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Runtime, claiming, record_together, work
from flask_tasker.engine.groups import Groups
from flask_tasker.engine.pace import Pace
from flask_tasker.engine.record import Recorded, Recording, record
from flask_tasker.lifecycle import TOGETHER, StepChange, StepMessage
from flask_tasker.store.claims import ClaimedStep, claim_steps
from flask_tasker.store.records import record_change
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.shapes import chain
from tests.reliability.test_hot_path import fan_of


def knowing(lab: Lab, handler: type[TaskHandler[Any]], *quick: str, sent: list[StepMessage]) -> Runtime:
    """A process that knows these steps to be quick, on however slow a machine, and what it sends."""
    return replace(lab.knowing(handler, *quick), send=sent.extend, groups=Groups())


def by_itself(runtime: Runtime) -> Runtime:
    """The same where nothing is written in groups: on SQLite, or without prepared statements."""
    return replace(runtime, database=replace(runtime.database, swift=None))


def test_tasks_whose_steps_are_quick_are_brought_to_their_end_side_by_side(lab: Lab) -> None:
    handler = chain()
    tasks = [lab.start(handler, {}) for _ in range(5)]
    sent: list[StepMessage] = []
    runtime = knowing(lab, handler, "one", "two", "three", sent=sent)

    attempts = work(runtime, *[lab.message(handler, task_id, "one") for task_id in tasks])

    assert attempts == 15
    for task_id in tasks:
        task = lab.task(task_id)
        assert task.status == "complete"
        assert task["three"].results == "one two three"
        assert_legal(task)
    assert sent == []


@pytest.mark.parametrize("in_group", [True, False])
def test_a_child_that_may_take_long_is_left_to_others_where_it_would_keep_tasks_waiting(
    lab: Lab, in_group: bool
) -> None:
    handler = chain()
    tasks = [lab.start(handler, {}) for _ in range(3)]
    sent: list[StepMessage] = []
    runtime = knowing(lab, handler, "one", sent=sent)
    runtime = runtime if in_group else by_itself(runtime)

    assert work(runtime, *[lab.message(handler, task_id, "one") for task_id in tasks]) == 3

    assert {told.task_id for told in sent} == set(tasks)
    assert {ref.name for told in sent for ref in told.steps} == {"two"}
    for told in sent:
        work(lab.runtime, told)
    assert [lab.task(task_id).status for task_id in tasks] == ["complete"] * 3


def test_a_step_that_fails_takes_no_other_task_with_it(lab: Lab) -> None:
    handler = chain()
    good, bad = lab.start(handler, {}), lab.start(handler, {"fail": {"two": "for good"}})
    runtime = knowing(lab, handler, "one", "two", "three", sent=[])

    work(runtime, *[lab.message(handler, task_id, "one") for task_id in (bad, good)])

    assert lab.task(good).status == "complete"
    assert lab.task(bad).statuses == {"one": "complete", "two": "error", "three": "pending"}
    for task_id in (good, bad):
        assert_legal(lab.task(task_id))


def test_a_message_that_nobody_here_understands_keeps_none_of_the_others_from_being_worked_on(lab: Lab) -> None:
    handler = chain()
    task_id, other_id = lab.start(handler, {}), lab.start(handler, {})
    unknown = replace(lab.message(handler, other_id, "one"), handler=("default", "elsewhere", "1"))
    misaddressed = replace(lab.message(handler, other_id, "one"), task_id=10**9)

    runtime = knowing(lab, handler, "one", "two", "three", sent=[])

    work(runtime, unknown, misaddressed, lab.message(handler, task_id, "one"))

    assert lab.task(task_id).status == "complete"
    assert lab.task(other_id).statuses == {"one": "pending", "two": "pending", "three": "pending"}


def test_a_step_that_several_messages_name_runs_once(lab: Lab) -> None:
    handler = chain()
    task_id = lab.start(handler, {})
    told = lab.message(handler, task_id, "one")
    runtime = knowing(lab, handler, "one", "two", "three", sent=[])

    work(runtime, told, told, lab.message(handler, task_id, "one", "two"))

    task = lab.task(task_id)
    assert (task.status, task["one"].attempts) == ("complete", 1)
    assert_legal(task)


def test_messages_of_steps_that_are_not_quick_any_more_are_passed_on_but_for_the_first(lab: Lab) -> None:
    handler = chain()
    tasks = [lab.start(handler, {}) for _ in range(3)]
    told = [lab.message(handler, task_id, "one") for task_id in tasks]
    sent: list[StepMessage] = []

    work(replace(lab.runtime, send=sent.extend, pace=Pace()), *told)

    assert [lab.task(task_id).status for task_id in tasks] == ["complete", "pending", "pending"]
    assert sent == told[1:]


def test_a_step_that_may_not_be_tried_again_is_never_known_as_quick(lab: Lab) -> None:
    """A worker that dies has used up an attempt of each step that it had claimed."""

    @task_handler("once")
    class Once(TaskHandler):
        @step(retry=NO_RETRY)
        def careful(self, run: StepRun) -> str:
            return "ran"

        @step
        def plain(self, run: StepRun) -> str:
            return "ran"

    runtime = knowing(lab, Once, sent=[])
    task_id = lab.start(Once)
    work(runtime, lab.message(Once, task_id, "careful"))
    work(runtime, lab.message(Once, task_id, "plain"))

    assert lab.task(task_id).status == "complete"
    assert not runtime.pace.is_quick(Once.key(), ["careful"])


def test_an_outcome_that_cannot_be_recorded_takes_none_of_the_others_with_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handler = chain()
    tasks = [lab.start(handler, {}) for _ in range(3)]

    refused = lab.task(tasks[0])["one"].step_id

    def refuse(*arguments: Any, step_id: int, **options: Any) -> StepChange | None:
        if step_id == refused:
            raise OperationalError("UPDATE", {}, Exception("canceling statement due to lock timeout"))
        return record_change(*arguments, step_id=step_id, **options)

    monkeypatch.setattr(sys.modules[record.__module__], "record_change", refuse)
    runtime = by_itself(knowing(lab, handler, "one", "two", "three", sent=[]))

    work(runtime, *[lab.message(handler, task_id, "one") for task_id in tasks])

    assert [lab.task(task_id).status for task_id in tasks] == ["in_progress", "complete", "complete"]
    assert f"step 'one' of task {tasks[0]} could not be recorded; its lease ends" in caplog.messages
    assert len(lab.runtime.holdings) == 0


def test_of_a_single_outcome_that_cannot_be_recorded_the_caller_hears(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = chain()
    told = lab.message(handler, lab.start(handler, {}), "one")

    def refuse(_recording: Recording) -> Recorded | None:
        raise OperationalError("UPDATE", {}, Exception("canceling statement due to lock timeout"))

    monkeypatch.setattr(record_together, "write", refuse)

    with pytest.raises(OperationalError):
        work(by_itself(knowing(lab, handler, "one", sent=[])), told)
    assert len(lab.runtime.holdings) == 0


def test_of_many_quick_children_a_round_takes_no_more_than_it_can_run(postgres_lab: Lab) -> None:
    lab, handler = postgres_lab, fan_of(40)
    tasks = [lab.start(handler) for _ in range(8)]
    sent: list[StepMessage] = []
    runtime = knowing(lab, handler, "a", *[f"b{number}" for number in range(40)], sent=sent)

    assert work(runtime, *[lab.message(handler, task_id, "a") for task_id in tasks]) == 8 + 8 * (TOGETHER // 8)

    assert sum(len(told.steps) for told in sent) == 8 * (40 - TOGETHER // 8)


def test_what_cannot_be_claimed_keeps_nothing_that_was_claimed_from_being_worked_on(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handler = chain()
    tasks = [lab.start(handler, {}) for _ in range(4)]
    _claims_fail(monkeypatch, tasks[2:])
    # As where a group could not be claimed: one after the other.
    runtime = by_itself(knowing(lab, handler, "one", "two", "three", sent=[]))

    work(runtime, *[lab.message(handler, task_id, "one") for task_id in tasks])

    assert [lab.task(task_id).status for task_id in tasks] == ["complete", "complete", "pending", "pending"]
    assert "steps of 2 tasks could not be claimed; the sweep will" in caplog.messages


def test_where_nothing_can_be_claimed_that_is_said(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = chain()
    told = [lab.message(handler, lab.start(handler, {}), "one") for _ in range(2)]
    _claims_fail(monkeypatch, [message.task_id for message in told])
    runtime = by_itself(knowing(lab, handler, "one", "two", "three", sent=[]))

    with pytest.raises(OperationalError):
        work(runtime, *told)


def test_a_worker_that_stops_gives_back_what_it_has_claimed_of_all_of_them_and_tells_others(lab: Lab) -> None:
    stopping = list[bool]()

    @task_handler("stops")
    class Stops(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            stopping.append(True)
            return "ran"

    tasks = [lab.start(Stops) for _ in range(3)]
    sent: list[StepMessage] = []
    runtime = replace(knowing(lab, Stops, "only", sent=sent), stopping=lambda: bool(stopping))

    work(runtime, *[lab.message(Stops, task_id) for task_id in tasks])

    assert sorted(lab.task(task_id).status for task_id in tasks) == ["complete", "in_progress", "in_progress"]
    unfinished = {task_id for task_id in tasks if lab.task(task_id).status != "complete"}
    assert {told.task_id for told in sent} == unfinished
    assert [lab.task(task_id)["only"].attempts for task_id in sorted(unfinished)] == [0, 0]
    assert len(lab.runtime.holdings) == 0
    for told in sent:
        work(lab.runtime, told)
    for task_id in tasks:
        assert lab.task(task_id).status == "complete"
        assert_legal(lab.task(task_id))


def _claims_fail(monkeypatch: pytest.MonkeyPatch, task_ids: Sequence[int]) -> None:
    """No step of these tasks can be claimed."""

    def refuse(*arguments: Any, task_id: int, **options: Any) -> list[ClaimedStep]:
        if task_id in task_ids:
            raise OperationalError("UPDATE", {}, Exception("away"))
        return claim_steps(*arguments, task_id=task_id, **options)

    monkeypatch.setattr(claiming, "claim_steps", refuse)
