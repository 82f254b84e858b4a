"""A worker that lacks a handler, or one of its steps, leaves the work to one that has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from flask_tasker import HandlerFactory
from flask_tasker.engine import Runtime, drain, work
from flask_tasker.handlers import StepGraph
from flask_tasker.lifecycle import StepMessage, StepRef
from tests.behaviour.by_hand import leased, steps_as
from tests.behaviour.handlers import HANDLERS
from tests.behaviour.harness import Setup, assert_sound, inline

LINEAR_KEY = ("default", "linear", "0.1.0")


@pytest.fixture
def held(database_url: str) -> Iterator[Setup]:
    """An app on a database of its own, in which nothing runs by itself."""
    with inline(database_url) as setup:
        yield setup


@contextmanager
def knowing(setup: Setup, *steps: str) -> Iterator[Runtime]:
    """Another worker on the same database, which knows only these steps of the handler, or no handler at all."""
    factory = HandlerFactory()
    definition = HANDLERS.get("linear")
    if steps:
        templates = [definition.graph.template(name) for name in steps]
        factory.register(replace(definition, graph=StepGraph.of(templates)))
    yield replace(setup.runtime, handlers=factory)


def test_a_worker_without_the_handler_leaves_a_ready_step_uncounted(held: Setup) -> None:
    task_id = held.start("linear")

    with knowing(held) as other:
        assert drain(other) == 0

    task = held.task(task_id)
    assert task.status == "pending"
    assert task["one"].attempts == 0
    assert task["one"].history == ()
    assert held.finish(task_id).status == "complete"


def test_a_message_for_a_handler_that_is_not_here_changes_nothing(held: Setup) -> None:
    task_id = held.start("linear")
    first = StepRef(held.task(task_id)["one"].step_id, "one")

    with knowing(held) as other:
        assert work(other, StepMessage(task_id=task_id, handler=LINEAR_KEY, steps=(first,))) == 0

    assert held.task(task_id)["one"].history == ()


def test_a_worker_that_lacks_the_next_step_leaves_it_uncounted(held: Setup) -> None:
    task_id = held.start("linear")

    with knowing(held, "one") as other:
        assert drain(other) == 1

    task = held.task(task_id)
    assert task["one"].status == "complete"
    assert (task["two"].status, task["two"].attempts) == ("pending", 0)
    assert task["two"].history == ()
    task = held.finish(task_id)
    assert task.status == "complete"
    assert task["one"].attempts == 1
    assert_sound(task)


def test_a_worker_goes_past_what_it_does_not_know_to_what_it_does(held: Setup) -> None:
    unknown = [held.start("diamond") for _ in range(5)]
    known = held.start("linear")

    with knowing(held, "one", "two", "three", "four", "five", "six") as other:
        drain(other)

    assert held.task(known).status == "complete"
    assert {held.task(task_id).status for task_id in unknown} == {"pending"}


def test_a_worker_without_the_handler_still_frees_steps_whose_lease_ended(held: Setup) -> None:
    task_id = held.start_by_hand("linear", steps_as(one=leased(attempts=1)))

    with knowing(held) as other:
        assert drain(other) == 0

    assert held.task(task_id)["one"].status == "error"
    task = held.finish(task_id)
    assert task.status == "complete"
    assert_sound(task)
