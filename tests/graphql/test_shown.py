"""Tasks and steps as they are shown: the fields of REST in camel case, and the objects around them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.graphql.conftest import Teller, engine_of
from tests.http.conftest import Desk
from tests.web.rows import Rows

LARGE = 2**40

STEP = """
    taskId workflowStepId name namedStepId dependsOnStepId status attempts skippable retryable retryLimit processed
    processedAt inProcess backoffRequestSeconds lastAttemptedAt inputs results dependsOnStepIds nextAttemptAt error
    timeoutSeconds dependentSystem"""
NOTE = "taskId taskAnnotationId annotation annotationTypeName"
TASK = f"""
    taskId name initiator sourceSystem context reason bypassSteps tags requestedAt complete status
    workflowSteps {{ {STEP} }} taskAnnotations {{ {NOTE} }}
    namespace version fullName createdAt updatedAt completedAt percentComplete correlationId"""


def camel(value: Any) -> Any:
    """JSON of REST as GraphQL has it: names in camel case, an object's own key as text."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    own = next((key for key in ("workflow_step_id", "task_annotation_id", "task_id") if key in value), None)
    free = {"context", "inputs", "results", "annotation"}
    return {
        re.sub("_([a-z])", lambda found: found.group(1).upper(), key): str(item)
        if key == own
        else item
        if key in free
        else camel(item)
        for key, item in value.items()
    }


def test_a_task_is_shown_as_rest_shows_it(ask: Teller, desk: Desk) -> None:
    task_id = ask.complete(tags=["red", "grün"], reason="why", bypass_steps=["two"])
    shown = ask.data("query($id: ID!){task(taskId: $id){%s}}" % TASK, id=task_id)["task"]
    assert shown == camel(desk.task(task_id))
    assert list(shown) == re.findall(r"\w+", re.sub(r"\{[^}]*\}", "", TASK))


def test_a_list_shows_what_each_task_shows(ask: Teller, desk: Desk) -> None:
    started = [ask.complete(), desk.start(), ask.failed()[0]]
    shown = ask.data('{tasks(sortOrder: "asc"){%s}}' % TASK)["tasks"]
    assert shown == [camel(desk.task(task_id)) for task_id in started]


def test_a_step_is_shown_as_rest_shows_it(ask: Teller, desk: Desk) -> None:
    task_id, step_id = ask.failed()
    shown = ask.data("query($t: Int!, $s: ID!){step(taskId: $t, stepId: $s){%s}}" % STEP, t=task_id, s=step_id)["step"]
    assert shown == camel(desk.step(task_id, "first"))
    assert "the card was refused" in shown["error"]


def test_objects_stand_beside_their_ids(ask: Teller, desk: Desk) -> None:
    task_id = ask.complete()
    (task,) = ask.data(
        """{tasks{
            namedTaskId namedTask{namedTaskId namespace name version description} identityHash
            workflowSteps{
                name dependsOnStepId dependsOnStep{workflowStepId name dependsOnStep{name}}
                namedStepId namedStep{namedStepId name dependentSystemId dependentSystem{dependentSystemId name}}
                createdAt updatedAt}
            taskAnnotations{annotationTypeId annotationType{annotationTypeId name} createdAt updatedAt}}}"""
    )["tasks"]
    named, steps = task["namedTask"], {step["name"]: step for step in task["workflowSteps"]}
    assert (named["namedTaskId"], named["namespace"], named["name"], named["version"]) == (
        str(task["namedTaskId"]),
        "shop",
        "copy",
        "1.10",
    )
    assert re.fullmatch("[0-9a-f]{64}", task["identityHash"])
    assert steps["two"]["dependsOnStep"] == {
        "workflowStepId": str(steps["two"]["dependsOnStepId"]),
        "name": "one",
        "dependsOnStep": None,
    }
    assert steps["four"]["dependsOnStep"] is None
    for step in steps.values():
        kind = step["namedStep"]
        assert (kind["namedStepId"], kind["name"]) == (str(step["namedStepId"]), step["name"])
        assert kind["dependentSystem"]["dependentSystemId"] == str(kind["dependentSystemId"])
    assert steps["three"]["namedStep"]["dependentSystem"]["name"] == "ledger"
    (note,) = task["taskAnnotations"]
    assert note["annotationType"] == {"annotationTypeId": str(note["annotationTypeId"]), "name": "ledger"}
    assert desk.task(task_id)["created_at"] <= note["createdAt"] <= note["updatedAt"]


def test_a_step_alone_has_the_steps_that_it_depends_on(ask: Teller, desk: Desk) -> None:
    task_id = desk.start()
    two = desk.step(task_id, "two")["workflow_step_id"]
    query = "query($t: Int!, $s: ID!){step(taskId: $t, stepId: $s){dependsOnStep{name} namedStep{name}}}"
    assert ask.data(query, t=task_id, s=two)["step"] == {"dependsOnStep": {"name": "one"}, "namedStep": {"name": "two"}}


@pytest.mark.parametrize("text", ["999", "0", "-1", "1abc", "", "9" * 40, "\uff11", "null"])
def test_a_missing_id_is_null_and_no_error(ask: Teller, desk: Desk, text: str) -> None:
    task_id = desk.start()
    assert ask.data("query($id: ID!){task(taskId: $id){taskId}}", id=text) == {"task": None}
    assert ask.data("query($t: Int!, $s: ID!){step(taskId: $t, stepId: $s){name}}", t=task_id, s=text) == {"step": None}


@pytest.mark.parametrize("number", [999, 0, -1, 2**63 - 1, -(2**63)])
def test_a_step_of_a_missing_task_is_null(ask: Teller, desk: Desk, number: int) -> None:
    step_id = desk.step(desk.start(), "one")["workflow_step_id"]
    assert ask.data("query($t: Int!, $s: ID!){step(taskId: $t, stepId: $s){name}}", t=number, s=step_id) == {
        "step": None
    }


def test_a_step_of_another_task_is_null(ask: Teller, desk: Desk) -> None:
    first, second = desk.start(), desk.start()
    step_id = desk.step(second, "one")["workflow_step_id"]
    assert ask.data("query($t: Int!, $s: ID!){step(taskId: $t, stepId: $s){name}}", t=first, s=step_id) == {
        "step": None
    }


def test_an_id_may_be_given_as_a_number(ask: Teller, desk: Desk) -> None:
    task_id = desk.start()
    assert ask.data("{task(taskId: %d){taskId}}" % task_id) == {"task": {"taskId": str(task_id)}}


def test_an_id_may_have_more_than_32_bits(ask: Teller, desk: Desk) -> None:
    rows = Rows(engine_of(desk))
    step_id = rows.step_ids(rows.task(task_id=LARGE))["one"]
    assert ask.data("{tasks{taskId workflowSteps{taskId}}}") == {
        "tasks": [{"taskId": str(LARGE), "workflowSteps": [{"taskId": LARGE}] * 3}]
    }
    query = "query($t: Int!, $s: ID!){step(taskId: $t, stepId: $s){taskId}}"
    assert ask.data(query, t=LARGE, s=step_id) == {"step": {"taskId": LARGE}}
