"""Mutations of steps: change, cancel, try again, skip, resolve."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker import Access
from tests.graphql.conftest import Teller
from tests.http.conftest import Desk

VERBS = ["cancelStep", "retryStep", "skipStep", "resolveStep"]
MUTATIONS = [*VERBS, "updateStep"]


def mutation(name: str) -> str:
    kind = name[0].upper() + name[1:] + "Input"
    fields = "workflowStepId taskId name status attempts inputs results retryLimit dependsOnStep { name }"
    return "mutation($input: %s!) { %s(input: $input) { %s } }" % (kind, name, fields)


def test_inputs_and_retry_limit_are_changed_and_what_is_left_out_stays(ask: Teller, desk: Desk) -> None:
    task_id = desk.start()
    step_id = desk.step(task_id, "two")["workflow_step_id"]

    def updated(**changes: Any) -> Any:
        wanted = {"taskId": task_id, "stepId": step_id, **changes}
        return ask.data(mutation("updateStep"), input=wanted)["updateStep"]

    step = updated(retryLimit=7)
    assert (step["taskId"], step["workflowStepId"], step["dependsOnStep"]) == (task_id, str(step_id), {"name": "one"})
    assert (step["retryLimit"], step["inputs"]) == (7, desk.task(task_id)["context"])
    assert updated(inputs={"a": 1}, retryLimit=None) | {"status": ""} == step | {"inputs": {"a": 1}, "status": ""}
    assert updated(inputs='{"b": [2]}', clientMutationId="x")["inputs"] == {"b": [2]}
    assert updated()["inputs"] == {"b": [2]}
    assert updated(inputs=None)["inputs"] == step["inputs"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"retryLimit": 0}, "retryLimit"),
        ({"retryLimit": 101}, "retryLimit"),
        ({"retryLimit": 2**40}, "retryLimit"),
        ({"inputs": "[1]"}, "inputs"),
        ({"inputs": "{"}, "inputs"),
        ({"inputs": {"a": "\x00"}}, "inputs"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_name(ask: Teller, desk: Desk, changes: Any, field: str) -> None:
    task_id = desk.start()
    before = desk.step(task_id, "one")
    wanted = {"taskId": task_id, "stepId": before["workflow_step_id"], **changes}
    assert list(ask.faults(mutation("updateStep"), input=wanted)) == [field]
    assert desk.step(task_id, "one") == before


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("cancelStep", "cancelled"),
        ("retryStep", "pending"),
        ("skipStep", "skipped"),
        ("resolveStep", "resolved_manually"),
    ],
)
def test_a_verb_is_done_and_recorded_with_who_and_why(ask: Teller, desk: Desk, name: str, status: str) -> None:
    desk.access = Access(actor="ann")
    task_id, step_id = ask.failed()
    wanted = {"taskId": task_id, "stepId": step_id, "reason": "the card works", "clientMutationId": "x"}
    assert ask.data(mutation(name), input=wanted)[name]["status"] == status
    said = [one for one in desk("GET", f"/tasks/{task_id}/transitions")[1]["transitions"] if one["to_status"] == status]
    assert (said[-1]["actor"], said[-1]["reason"]) == ("ann", "the card works")


@pytest.mark.parametrize("results", [{"good": True}, [1], "text", 1, 1.5, False, None])
def test_a_step_is_resolved_with_any_results(ask: Teller, desk: Desk, results: Any) -> None:
    task_id, step_id = ask.failed()
    wanted = {"taskId": task_id, "stepId": step_id, "results": results}
    assert ask.data(mutation("resolveStep"), input=wanted)["resolveStep"]["results"] == results
    desk.drain()
    assert desk.step(task_id, "second")["results"] == results


def test_results_that_no_database_holds_are_refused_by_name(ask: Teller) -> None:
    task_id, step_id = ask.failed()
    wanted = {"taskId": task_id, "stepId": step_id, "results": "\x00"}
    assert list(ask.faults(mutation("resolveStep"), input=wanted)) == ["results"]


@pytest.mark.parametrize("name", ["retryStep", "skipStep", "resolveStep", "cancelStep"])
def test_a_verb_that_the_state_forbids_is_a_conflict_that_says_what_is_allowed(
    ask: Teller, desk: Desk, name: str
) -> None:
    task_id = ask.complete()
    step = desk.step(task_id, "one")
    error = ask.error(mutation(name), input={"taskId": task_id, "stepId": step["workflow_step_id"]})
    assert error["extensions"] == {"code": "CONFLICT", "allowed": []}
    assert desk.step(task_id, "one") == step


@pytest.mark.parametrize("name", MUTATIONS)
@pytest.mark.parametrize("text", ["999", "1abc", ""])
def test_a_missing_step_is_an_error(ask: Teller, desk: Desk, name: str, text: str) -> None:
    assert ask.code(mutation(name), input={"taskId": desk.start(), "stepId": text}) == "NOT_FOUND"


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_step_of_another_task_is_an_error(ask: Teller, desk: Desk, name: str) -> None:
    first, second = desk.start(), desk.start()
    step = desk.step(second, "one")
    assert ask.code(mutation(name), input={"taskId": first, "stepId": step["workflow_step_id"]}) == "NOT_FOUND"
    assert desk.step(second, "one") == step
