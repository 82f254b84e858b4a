"""Workers that are killed in the middle of a step."""

from __future__ import annotations

import os
import signal
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Change, Fleet, Setup, assert_sound, eventually
from tests.behaviour.harness.fleet import exists
from tests.behaviour.tries import once_in_three

LEASE = 2.0


def process_of(change: Change) -> int:
    """The process that did it."""
    return int(change.actor.split(":")[1])


def kill_in_the_step(setup: Setup, folder: Path) -> tuple[int, int]:
    """Kill the worker that is in the middle of a step; give back the task and the process. Later attempts succeed."""
    mark, gate = folder / "mark", folder / "gate"
    task_id = setup.start("single", {"marks": {"only": str(mark)}, "gates": {"only": str(gate)}})
    eventually(mark.exists, what=setup.log)
    # The first: where the machine stood still, its lease may have ended by now, and another worker have the next.
    claim = setup.task(task_id)["only"].claims[0]
    os.kill(process_of(claim), signal.SIGKILL)
    gate.touch()
    return task_id, process_of(claim)


def test_a_step_whose_worker_was_killed_is_run_by_another_after_its_lease(
    mortal: tuple[Setup, Fleet], tmp_path: Path
) -> None:
    setup, _fleet = mortal

    task_id, killed = kill_in_the_step(setup, tmp_path)

    task = setup.finish(task_id)
    first, second = task["only"].claims
    assert task.status == "complete"
    assert process_of(second) != killed
    assert (second.at - first.at).total_seconds() >= LEASE
    assert_sound(task)


def test_the_attempt_of_a_killed_worker_counts_and_the_history_says_why(
    mortal: tuple[Setup, Fleet], tmp_path: Path
) -> None:
    setup, _fleet = mortal

    task_id, _killed = kill_in_the_step(setup, tmp_path)

    task = setup.finish(task_id)
    assert task["only"].attempts == 2
    assert [failure.error for failure in task["only"].failures] == [
        "lease ended: the worker of attempt 1 of 3 went silent"
    ]


def test_the_supervisor_starts_a_killed_process_again_and_leaves_no_zombie(
    mortal: tuple[Setup, Fleet], tmp_path: Path
) -> None:
    setup, fleet = mortal
    eventually(lambda: len(fleet.living) == 2, what=setup.log)

    task_id, killed = kill_in_the_step(setup, tmp_path)

    eventually(lambda: len(fleet.living) == 2 and killed not in fleet.living, what=setup.log)
    assert not exists(killed)
    assert f"worker process {killed} ended with -9; another starts" in fleet.said
    assert setup.finish(task_id).status == "complete"


@pytest.mark.slow
def test_a_step_that_kills_its_worker_every_time_runs_out_of_attempts(mortal: tuple[Setup, Fleet]) -> None:
    setup, _fleet = mortal

    task = setup.run("single", failing("only", "kill the worker"))

    assert task.status == "error"
    assert task["only"].attempts == 3
    assert task["only"].error == "lease ended: the worker of attempt 3 of 3 went silent"
    assert_sound(task)


def test_a_step_that_outlasts_its_lease_stays_with_its_worker(mortal: tuple[Setup, Fleet], tmp_path: Path) -> None:
    setup, _fleet = mortal

    def stays() -> bool:
        number = uuid.uuid4().hex
        mark, gate = tmp_path / f"mark-{number}", tmp_path / f"gate-{number}"
        task_id = setup.start("single", {"marks": {"only": str(mark)}, "gates": {"only": str(gate)}})
        eventually(mark.exists, what=setup.log)
        claim = setup.task(task_id)["only"].claims[0]

        eventually(lambda: (datetime.now(UTC) - claim.at).total_seconds() > 2 * LEASE)
        gate.touch()

        task = setup.finish(task_id)
        assert task.status == "complete"
        assert_sound(task)
        return task["only"].claims == (claim,)

    # Where the machine stands still, the sweep of the other process may come before the heartbeat of this one.
    assert once_in_three(stays)
