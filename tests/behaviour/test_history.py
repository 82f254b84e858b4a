"""What the history tells."""

from __future__ import annotations

from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, assert_sound


def test_a_task_goes_from_pending_over_in_progress_to_complete(setup: Setup) -> None:
    task = setup.run("diamond")

    assert [(change.source, change.target) for change in task.history] == [
        ("pending", "in_progress"),
        ("in_progress", "complete"),
    ]


def test_a_task_stays_in_progress_while_a_retry_waits(setup: Setup) -> None:
    task = setup.run("diamond", {"plan": {"start": ["fail", "succeed"], "end": ["fail", "fail", "succeed"]}})

    assert [change.target for change in task.history] == ["in_progress", "complete"]
    assert_sound(task)


def test_every_claim_of_a_step_has_a_token_of_its_own(setup: Setup) -> None:
    task = setup.run("diamond", failing("merge", "fail", "fail", "succeed"))

    tokens = [(name, claim.token) for name, step in task.steps.items() for claim in step.claims]
    assert all(token is not None for _, token in tokens)
    # What was claimed with a step that took long is given back, and claimed once more.
    assert len(set(tokens)) == len(tokens) >= 9


def test_an_outcome_carries_the_token_and_the_number_of_its_attempt(setup: Setup) -> None:
    task = setup.run("single", failing("only", "fail", "fail", "succeed"))

    history = task["only"].history
    assert [change.attempt for change in history] == [1, 1, 2, 2, 3, 3]
    assert [claim.token for claim in history[::2]] == [outcome.token for outcome in history[1::2]]


def test_the_history_names_the_worker_that_did_it(setup: Setup) -> None:
    task = setup.run("linear")

    actors = {change.actor for step in task.steps.values() for change in step.history}
    assert all(len(actor.split(":")) == 3 for actor in actors)
    assert {change.actor for change in task.history} <= actors


def test_times_in_the_history_never_run_backwards(setup: Setup) -> None:
    task = setup.run("linear")

    times = [change.at for name in task.steps for change in task[name].history]
    assert times == sorted(times)
