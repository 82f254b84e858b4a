"""Signals: every change of state in the history is told once, whatever works on the task."""

from __future__ import annotations

import pytest

from flask_tasker.signals import task_completed, task_failed
from tests.behaviour.conftest import EMBEDDED
from tests.behaviour.eventually import eventually
from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup
from tests.hearing import Heard, hearing, history_of


@pytest.fixture(params=["sqlite-inline", "postgresql-inline", *EMBEDDED])
def here(request: pytest.FixtureRequest) -> Setup:
    """The setups in which this very process works on the tasks."""
    found: Setup = request.getfixturevalue(request.param.replace("-", "_"))
    return found


def heard_all(heard: Heard, setup: Setup, task_id: int) -> bool:
    """What is told after the last commit may come a moment after the row is seen."""
    return eventually(lambda: heard.moves(task_id) == history_of(setup.task(task_id)))


@pytest.mark.parametrize("shape", ["single", "linear", "diamond"])
def test_what_is_heard_of_a_task_is_its_history(here: Setup, shape: str) -> None:
    with hearing(here.app) as heard:
        task = here.run(shape)

        assert heard_all(heard, here, task.task_id)
    mine = [name for name, event in heard.told if getattr(event, "task_id", None) == task.task_id]
    assert mine[0] == "task_created"
    assert [mine.count(name) for name in ("task_created", "task_started", "task_completed")] == [1, 1, 1]
    assert mine.index("task_started") < mine.index("step_completed")
    assert mine.count("step_completed") == len(task.steps)


def test_an_attempt_that_fails_tells_when_there_is_another(here: Setup) -> None:
    with hearing(here.app) as heard:
        task = here.run("linear", failing("two", "fail", "succeed"))

        assert heard_all(heard, here, task.task_id)
    (failed,) = [event for event in heard.events("step_failed") if event.task_id == task.task_id]
    assert (failed.name, failed.attempt, failed.error) == ("two", 1, "ValueError: as told")
    assert failed.retry_in == pytest.approx(0.02)
    assert failed.handler[:2] == ("default", "linear")


def test_a_task_that_fails_for_good_is_told(here: Setup) -> None:
    with hearing(here.app) as heard:
        task = here.run("linear", failing("two", "fail"))

        assert heard_all(heard, here, task.task_id)
    last = [event for event in heard.events("step_failed") if event.task_id == task.task_id][-1]
    assert last.retry_in is None
    assert [event.target for event in heard.events(task_failed.name) if event.task_id == task.task_id] == ["error"]


def test_bypassed_steps_are_told_with_the_task(here: Setup) -> None:
    with hearing(here.app) as heard:
        task = here.run("diamond", bypass=["start", "merge"])

        assert heard_all(heard, here, task.task_id)
    assert sorted(e.name for e in heard.events("step_skipped") if e.task_id == task.task_id) == ["merge", "start"]


def test_how_long_a_step_ran_is_told(here: Setup) -> None:
    with hearing(here.app) as heard:
        task = here.run("single")
        eventually(lambda: task.task_id in [event.task_id for event in heard.events(task_completed.name)])

    (completed,) = [event for event in heard.events("step_completed") if event.task_id == task.task_id]
    assert 0 < completed.seconds < 60


def test_how_long_a_task_took_and_its_steps_waited_is_told(here: Setup) -> None:
    with hearing(here.app) as heard:
        task = here.run("linear")
        assert heard_all(heard, here, task.task_id)

    (completed,) = [event for event in heard.events(task_completed.name) if event.task_id == task.task_id]
    waited = {e.name: e.waited for e in heard.events("step_started") if e.task_id == task.task_id}
    assert 0 < completed.seconds < 60
    assert len(waited) == len(task.steps)
    assert all(0 <= seconds < 60 for seconds in waited.values())
