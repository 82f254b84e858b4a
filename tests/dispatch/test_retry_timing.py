"""A retry that is due in T starts no sooner, and within T + 0.5 s, though nobody sweeps and nobody sends a message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, TaskRecord, assert_sound, eventually

TRIES = 3


@pytest.mark.parametrize(
    ("handler", "failure", "due_in"),
    [("unhurried", "fail", 1.0), ("single", "ask for a wait", 0.7), ("choosy", "lose the connection", 0.0)],
)
def test_a_retry_starts_when_it_is_due(idle: Setup, handler: str, failure: str, due_in: float) -> None:
    tasks = (idle.run(handler, failing("only", failure, "succeed")) for _ in range(TRIES))

    # The machine may be busy with something else for a moment: once in a few tries it is not.
    assert any(wait <= due_in + 0.5 for wait in no_sooner(due_in, tasks))


def test_a_retry_that_waits_shows_until_when_and_what_was_asked_for(idle: Setup) -> None:
    task_id = idle.start("single", failing("only", "ask for a longer wait", "succeed"))

    waiting = eventually(lambda: [step for step in [idle.task(task_id)["only"]] if step.status == "error"])[0]

    assert waiting.backoff_request == 3
    assert waiting.next_attempt_at is not None
    # The history is written a moment after the wait was set.
    assert 0 < (waiting.next_attempt_at - waiting.failures[0].at).total_seconds() <= 3
    assert_sound(idle.finish(task_id))


def no_sooner(due_in: float, tasks: Iterator[TaskRecord]) -> Iterator[float]:
    """Seconds between the first failure and the second attempt, by the database's clock; each wait must be long enough.

    That is told from the first claim: the line about the failure may be written long after the wait was set.
    """
    for task in tasks:
        assert task.status == "complete"
        first, again = task["only"].claims[:2]
        assert (again.at - first.at).total_seconds() >= due_in
        yield (again.at - task["only"].failures[0].at).total_seconds()
