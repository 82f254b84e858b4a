"""Waiting for a task: longer and longer pauses, cheap looks, an end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
import pytest

from flask_tasker import TaskerError
from flask_tasker.client import NotFoundError, Task, TaskTimeoutError
from flask_tasker.client.waiting import Patience, Sighting, wait_until_final
from tests.client.server import ok, serving, task

RUNNING = Task.read(task(status="in_progress"))
DONE = Task.read(task(status="complete"))


@dataclass
class Watch:
    """A clock that only pauses move."""

    now: float = 100.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def wait(self, final_after: float, timeout: float) -> Task:
        """Wait for a task that is final at a time counted from now."""
        end = self.now + final_after

        def look(_known: Sighting | None) -> Sighting:
            return Sighting(DONE if self.now >= end else RUNNING, None)

        return wait_until_final(look, Patience(timeout, 0.1, 1.0), clock=self.clock, sleep=self.sleep)


def test_a_task_that_is_final_is_not_waited_for() -> None:
    watch = Watch()
    assert watch.wait(0, timeout=10) is DONE
    assert watch.pauses == []


def test_pauses_grow_up_to_the_longest() -> None:
    watch = Watch()
    assert watch.wait(8, timeout=60) is DONE
    assert watch.pauses[0] == 0.1
    assert all(later == pytest.approx(min(1.5 * sooner, 1.0)) for sooner, later in pairwise(watch.pauses))
    assert watch.pauses[-1] == 1.0


def test_the_last_look_is_when_the_time_is_up() -> None:
    watch = Watch()
    with pytest.raises(TaskTimeoutError) as caught:
        watch.wait(math.inf, timeout=5)
    assert watch.now == pytest.approx(105)
    assert caught.value.task is RUNNING
    assert "task 7 (copy) is in_progress after 5 s" in str(caught.value)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, TaskerError)
    assert Watch().wait(5, timeout=5) is DONE


@pytest.mark.parametrize(
    ("timeout", "poll"),
    [(-1.0, (0.1, 1.0)), (math.nan, (0.1, 1.0)), (1.0, (0.0, 1.0)), (1.0, (2.0, 1.0)), (1.0, (math.nan, 1.0))],
)
def test_times_that_make_no_sense_are_refused(timeout: float, poll: tuple[float, float]) -> None:
    server = serving(ok(task=task()))
    with pytest.raises(ValueError, match="must be"):
        server.client().wait(7, timeout=timeout, poll=poll)
    assert server.requests == []


def test_a_look_at_what_has_not_changed_costs_no_body() -> None:
    running = httpx.Response(200, json={"task": task(status="pending")}, headers={"ETag": 'W/"a"'})
    moved = httpx.Response(200, json={"task": task(status="in_progress")}, headers={"ETag": 'W/"b"'})
    server = serving(running, httpx.Response(304), httpx.Response(304), moved, httpx.Response(304), ok(task=task()))
    assert server.client().wait(7, timeout=60).status == "complete"
    assert [one.headers.get("If-None-Match") for one in server.requests] == [
        None,
        'W/"a"',
        'W/"a"',
        'W/"a"',
        'W/"b"',
        'W/"b"',
    ]


def test_a_server_without_etags_is_asked_for_the_whole_task() -> None:
    server = serving(ok(task=task(status="pending")), ok(task=task()))
    assert server.client().wait(7, timeout=60).is_final
    assert "If-None-Match" not in server.requests[1].headers


def test_a_time_of_zero_looks_once_and_says_how_the_task_stands() -> None:
    server = serving(ok(task=task(status="pending")))
    with pytest.raises(TaskTimeoutError) as caught:
        server.client().wait(7, timeout=0)
    assert (len(server.requests), caught.value.task.status) == (1, "pending")


def test_a_task_that_is_gone_ends_the_waiting() -> None:
    server = serving(ok(task=task(status="pending")), httpx.Response(404, json={"status": 404, "error": "Not Found"}))
    with pytest.raises(NotFoundError):
        server.client().wait(7, timeout=60)
