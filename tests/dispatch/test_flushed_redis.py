"""A Redis that forgets everything costs time, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.behaviour.harness import Fleet, Setup, assert_sound, background, flush
from tests.dispatch.conftest import MORTAL, FleetStarter
from tests.servers.ports import free_port

TASKS = 200


@pytest.mark.slow
def test_every_task_in_flight_finishes_although_redis_is_flushed(start_fleet: FleetStarter, broker: str) -> None:
    with start_fleet(**MORTAL) as (setup, fleet):
        with fleet.stopped():
            task_ids = [setup.start("generations") for _ in range(TASKS)]
            flush(broker)
            assert not any(setup.has_settled(task_id) for task_id in task_ids)
        task_ids += [setup.start("generations") for _ in range(TASKS)]
        flush(broker)

        tasks = [setup.finish(task_id) for task_id in task_ids]

    assert {task.status for task in tasks} == {"complete"}
    for task in tasks:
        assert_sound(task)


def test_workers_take_messages_again_after_redis_was_flushed(mortal: tuple[Setup, Fleet], broker: str) -> None:
    setup, _fleet = mortal

    flush(broker)

    assert setup.run("diamond").status == "complete"


def test_a_task_starts_although_the_broker_is_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tasker.sqlite'}"
    with background(url, broker=f"redis://127.0.0.1:{free_port()}/0") as cut_off:
        task_id = cut_off.start("linear")
        assert cut_off.task(task_id).status == "pending"

    with background(url) as setup:
        assert setup.finish(task_id).status == "complete"
