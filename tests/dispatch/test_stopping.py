"""Worker processes that are told to stop, and that lose their supervisor."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dramatiq import Message
from redis import Redis

from flask_tasker.lifecycle import StepMessage
from tests.behaviour.harness import Setup, assert_sound, eventually, inline
from tests.dispatch.conftest import MORTAL, FleetStarter

IN_NO_TIME = {**MORTAL, "TASKER_LEASE_SECONDS": 60, "TASKER_STOP_SECONDS": 3}
"""And yet enough for the other process to learn that it stops as well: it must not take what this one gives back."""
IN_GOOD_TIME = {**MORTAL, "TASKER_LEASE_SECONDS": 60, "TASKER_STOP_SECONDS": 30}


def start_and_wait_in(setup: Setup, step: str, folder: Path) -> tuple[int, Path, Path]:
    """Start a linear task and wait until its worker is in ``step``; give back the task, the file that is there once the
    worker claims nothing more, and the gate that ends the step."""
    mark, stop, gate = folder / "mark", folder / "stop", folder / "gate"
    files = {"marks": {step: str(mark)}, "stops": {step: str(stop)}, "gates": {step: str(gate)}}
    task_id = setup.start("linear", files)
    eventually(mark.exists, what=setup.log)
    return task_id, stop, gate


@pytest.mark.parametrize("processes", [1, 2])
def test_a_running_step_ends_before_its_worker_stops(start_fleet: FleetStarter, tmp_path: Path, processes: int) -> None:
    with start_fleet(processes=processes, **IN_GOOD_TIME) as (setup, fleet):
        task_id, stop, gate = start_and_wait_in(setup, "two", tmp_path)
        fleet.process.send_signal(signal.SIGTERM)
        eventually(lambda: fleet.said.count("stops: no new steps") == processes, what=setup.log)
        # It says so when it is told, a moment before it is true; a process that has no step to wait for is soon gone.
        eventually(lambda: stop.exists() and fleet.said.count("has stopped") == processes - 1, what=setup.log)
        gate.touch()

        assert fleet.process.wait(30) == 0
        task = setup.task(task_id)
        assert (task["two"].status, task["two"].attempts) == ("complete", 1)
        assert (task["three"].status, task["three"].attempts) == ("pending", 0)
        assert fleet.living == []
        assert living_workers(setup) == 0


def test_a_worker_that_stops_leaves_messages_to_others(start_fleet: FleetStarter, broker: str, tmp_path: Path) -> None:
    with start_fleet(processes=1, **IN_GOOD_TIME) as (setup, fleet):
        task_id, stop, gate = start_and_wait_in(setup, "two", tmp_path)
        fleet.process.send_signal(signal.SIGTERM)
        eventually(stop.exists, what=setup.log)
        others = [setup.start("linear") for _ in range(20)]
        gate.touch()

        assert fleet.process.wait(30) == 0
        left = messages_in(broker, setup.state.settings.queue)
        assert sorted(message.task_id for message in left) == [task_id, *others]
        assert [ref.name for message in left for ref in message.steps if message.task_id == task_id] == ["three"]


def test_a_step_that_does_not_end_in_time_is_given_back_for_another_worker(
    start_fleet: FleetStarter, tmp_path: Path
) -> None:
    with start_fleet(**IN_NO_TIME) as (setup, fleet):
        task_id, _stop, gate = start_and_wait_in(setup, "two", tmp_path)

        assert fleet.terminate() == 0
        given_back = setup.task(task_id)["two"]
        assert (given_back.status, given_back.attempts) == ("error", 1)
        assert given_back.next_attempt_at is not None
        assert given_back.next_attempt_at <= given_back.failures[0].at
        assert given_back.error == "the worker stopped while the step ran"
        assert fleet.living == []

        gate.touch()
        with inline(setup.engine.url.render_as_string(hide_password=False)) as other:
            task = other.finish(task_id)
        assert task.status == "complete"
        assert task["two"].attempts == 2
        assert_sound(task)


def test_workers_end_when_their_supervisor_is_killed(start_fleet: FleetStarter) -> None:
    with start_fleet(**IN_NO_TIME) as (setup, fleet):
        assert len(fleet.living) == 2

        os.kill(fleet.process.pid, signal.SIGKILL)
        fleet.process.wait()

        eventually(lambda: fleet.living == [], what=setup.log)
        assert living_workers(setup) == 0


def test_a_worker_says_what_it_runs(start_fleet: FleetStarter) -> None:
    with start_fleet(**IN_NO_TIME) as (setup, fleet):
        queue, database = setup.state.settings.queue, setup.engine.url.render_as_string(hide_password=True)
        assert f"tasker worker: 2 x 4 threads, queue '{queue}', database {database}" in fleet.said
        assert "handlers: " in fleet.said
        assert "default/linear@0.1.0" in fleet.said
        fleet.terminate()
        assert fleet.said.count("has stopped") == 2


def messages_in(broker: str, queue: str) -> list[StepMessage]:
    """What lies in Redis."""
    with Redis.from_url(broker) as client:
        values: Any = client.hvals(f"dramatiq:{queue}.msgs")
    return [StepMessage.from_json(told) for data in values for told in Message.decode(data).args]


def living_workers(setup: Setup) -> int:
    """How many workers are on the register."""
    with setup.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM tasker_workers")).scalar_one())
