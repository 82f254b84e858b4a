"""What steps return, and what they may see of each other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.behaviour.handlers.seeing import NO_JSON
from tests.behaviour.harness import Setup, assert_sound


@pytest.mark.parametrize("what", list(NO_JSON))
def test_results_that_are_no_json_fail_the_step_for_good(setup: Setup, what: str) -> None:
    task = setup.run("odd_results", {"what": what})

    assert task.status == "error"
    assert task["only"].attempts == 1
    assert task["only"].error is not None
    assert task["only"].error.startswith("PayloadError: results of step 'only': ")
    assert_sound(task)


@pytest.mark.parametrize("value", [None, 0, "", [], {}, False, "Größe ✓", {"deep": [{"er": [1.5, None]}]}])
def test_a_child_reads_what_its_parent_returned(setup: Setup, value: Any) -> None:
    task = setup.run("plain_results", {"value": value})

    assert task.status == "complete"
    assert task.results == {"first": value, "second": {"read": value}}


def test_a_step_reads_the_results_of_its_ancestors(setup: Setup) -> None:
    task = setup.run("reader")

    assert task["last"].results == ["from near", "from far"]


def test_a_step_that_reads_a_step_it_does_not_depend_on_is_told_which_it_may_read(setup: Setup) -> None:
    task = setup.run("reader")

    assert task["nosy"].error == (
        "UndeclaredDependencyError: step 'nosy' reads the result of 'stranger', which is not among the steps it "
        "depends on; these are ['far', 'near']. Add it to depends_on."
    )


def test_a_step_sees_how_all_the_steps_of_its_task_stand(setup: Setup) -> None:
    task = setup.run("observer")

    assert task["middle"].results == {
        "all": ["first", "middle", "last"],
        "complete": ["first"],
        "ready": [],
        "failed": [],
        "me": ["in_progress", 1],
        "first": 1,
    }


def test_a_handler_runs_in_the_context_of_its_app(setup: Setup) -> None:
    assert setup.run("in_app_context")["only"].results == setup.app.name
