"""Draining: all that is ready, in the calling thread, and nothing that is not due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from flask_tasker.testing import drain
from tests.behaviour.by_hand import complete, steps_as
from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, assert_sound, inline

FAR_OFF = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def held(database_url: str) -> Iterator[Setup]:
    """An app on a database of its own, in which nothing runs by itself."""
    with inline(database_url) as setup:
        yield setup


def test_nothing_runs_before_a_drain(held: Setup) -> None:
    task_id = held.start("linear")

    task = held.task(task_id)
    assert task.status == "pending"
    assert all(step.history == () for step in task.steps.values())


def test_a_drain_says_how_many_attempts_it_made(held: Setup) -> None:
    held.start("linear")
    held.start("diamond", bypass=["merge"])

    assert drain(held.app) == 6 + 6
    assert drain(held.app) == 0


def test_a_drain_runs_first_what_has_been_due_for_longest(held: Setup) -> None:
    tasks = [held.start("unhurried", {"number": number}) for number in range(12)]

    drain(held.app)

    claimed = [held.task(task_id)["only"].claims[0].at for task_id in tasks]
    assert claimed == sorted(claimed)


def test_a_drain_leaves_a_retry_that_is_not_due(held: Setup) -> None:
    task_id = held.start("single", failing("only", "ask for an hour", "succeed"))

    assert drain(held.app) == 1

    task = held.task(task_id)
    assert (task.status, task["only"].status, task["only"].attempts) == ("in_progress", "error", 1)


def test_a_drain_with_retries_passes_over_the_wait(held: Setup) -> None:
    task_id = held.start("unhurried", failing("only", "fail", "fail", "succeed"))

    assert drain(held.app, retries=True) == 3

    task = held.task(task_id)
    assert task.status == "complete"
    assert (task["only"].claims[2].at - task["only"].claims[0].at).total_seconds() >= 2
    assert_sound(task)


def test_a_drain_finds_a_forgotten_child_behind_many_that_wait(held: Setup) -> None:
    waiting = steps_as(**{"link-0": {"status": "pending", "attempts": 0, "next_attempt_at": FAR_OFF}})
    for _ in range(3):
        held.start_by_hand("chain", waiting)
    task_id = held.start_by_hand("linear", steps_as(one=complete({"value": 1, "after": []})))

    drain(held.app)

    assert held.task(task_id).status == "complete"
