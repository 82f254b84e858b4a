"""A receiver of signals that takes its time holds up neither outcomes nor steps of others."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from blinker import NamedSignal
from flask import Flask

from flask_tasker import NO_RETRY, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Worker, work, worker
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.execute import execute
from flask_tasker.engine.groups import Groups
from flask_tasker.engine.record import recording_of
from flask_tasker.engine.turns import TOOK_LONG
from flask_tasker.engine.work import record_for_others
from flask_tasker.lifecycle import StepMessage, StepRef
from flask_tasker.signals import StepEvent, step_completed, step_failed, step_started
from tests.reliability.eventually import eventually
from tests.reliability.lab import Lab
from tests.reliability.laws import assert_legal
from tests.reliability.shapes import chain


class Slow:
    """A receiver that takes its time over the first that it hears."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, _app: Flask, *, event: StepEvent) -> None:
        if not self.begun.is_set():
            self.begun.set()
            assert self.go.wait(60)


@pytest.mark.parametrize("in_group", [True, False])
def test_what_a_thread_has_to_record_is_all_written_before_anybody_is_told(lab: Lab, in_group: bool) -> None:
    handler = chain()
    tasks = [lab.start(handler, context) for context in ({}, {"fail": {"one": "for good"}}, {})]
    runtime = replace(lab.knowing(handler, "one"), groups=Groups(), send=list[StepMessage]().extend)
    runtime = runtime if in_group else replace(runtime, database=replace(runtime.database, swift=None))
    seen: list[set[str]] = []

    def look(_app: Flask, *, event: StepEvent) -> None:
        seen.append({lab.task(task_id)["one"].status for task_id in tasks})

    with step_completed.connected_to(look, sender=lab.app), step_failed.connected_to(look, sender=lab.app):
        work(runtime, *[lab.message(handler, task_id, "one") for task_id in tasks])

    assert seen == [{"complete", "error"}] * 3


def test_what_is_recorded_for_a_busy_thread_is_all_written_before_anybody_is_told(lab: Lab) -> None:
    handler = chain()
    tasks = [lab.start(handler, {}) for _ in range(2)]
    claims = claim_all(lab.runtime, [lab.message(handler, task_id, "one") for task_id in tasks])
    definition = lab.runtime.handlers.find(handler.key())
    assert definition is not None
    recordings = [
        recording_of(lab.runtime, definition, facts, one, execute(lab.runtime, definition, facts, one, {}))
        for facts, [one] in claims
        if facts is not None
    ]
    seen: list[set[str]] = []

    def look(_app: Flask, *, event: StepEvent) -> None:
        seen.append({lab.task(task_id)["one"].status for task_id in tasks})

    with step_completed.connected_to(look, sender=lab.app):
        record_for_others(lab.runtime, recordings)

    assert seen == [{"complete"}] * 2


@pytest.mark.parametrize("signal", [step_started, step_completed])
def test_steps_behind_one_of_which_somebody_is_told_at_length_go_to_others(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, signal: NamedSignal
) -> None:
    monkeypatch.setattr(worker, "OVERDUE_SECONDS", 0.1)
    slow = Slow()

    @task_handler("two at once")
    class Two(TaskHandler):
        @step(retry=NO_RETRY)
        def first(self, run: StepRun) -> str:
            return "first"

        @step(retry=NO_RETRY)
        def behind(self, run: StepRun) -> str:
            return "behind"

    found = lab.task(lab.start(Two)).steps
    hint = StepMessage(
        task_id=1, handler=Two.key(), steps=tuple(StepRef(one.step_id, name) for name, one in found.items())
    )
    runtime = lab.knowing(Two, *found)
    # Each outcome is recorded at once, as if its step had taken long.
    here = Worker(replace(runtime, pace=replace(runtime.pace, longest_wait=-1.0)), threads=2)
    with signal.connected_to(slow, sender=lab.app):
        thread = threading.Thread(target=here.handle, args=(hint,))
        thread.start()
        assert slow.begun.wait(30)
        here.start()
        try:
            eventually(lambda: lab.task(1)["behind"].status == "complete")
        finally:
            slow.go.set()
            thread.join(30)
            here.stop()

    task = lab.task(1)
    assert (task.status, task["behind"].attempts) == ("complete", 1)
    assert task["behind"].history[1].reason == TOOK_LONG
    assert_legal(task)
