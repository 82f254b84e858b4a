"""Mutations of tasks: start, change, cancel, try again, in bulk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flask_tasker import Access
from tests.graphql.conftest import Teller
from tests.http.conftest import Desk

CREATE = """mutation($input: CreateTaskInput!) { createTask(input: $input) {
    taskId name namespace version status context initiator sourceSystem reason tags bypassSteps
    workflowSteps { name status } } }"""
UPDATE = "mutation($input: UpdateTaskInput!) { updateTask(input: $input) { taskId reason tags } }"
CANCEL = "mutation($input: CancelTaskInput!) { cancelTask(input: $input) { taskId status workflowSteps { status } } }"
RETRY = (
    "mutation($input: RetryTaskInput!) { retryTask(input: $input) { taskId status workflowSteps { status attempts } } }"
)
BULK = "mutation($input: BulkTasksInput!) { bulkTasks(input: $input) { action dryRun count taskIds skipped more } }"


def created(ask: Teller, **fields: Any) -> Any:
    wanted = {"name": "copy", "namespace": "shop", "context": {}, **fields}
    return ask.data(CREATE, input=wanted)["createTask"]


def test_a_task_is_started_with_its_steps(ask: Teller) -> None:
    task = created(
        ask,
        context={"a": [1, {"b": None}]},
        initiator="ann",
        sourceSystem="web",
        reason="why",
        tags=["red"],
        bypassSteps=["two"],
        clientMutationId="mine",
    )
    assert task | {"taskId": "", "workflowSteps": []} == {
        "taskId": "",
        "name": "copy",
        "namespace": "shop",
        "version": "1.10",
        "status": "pending",
        "context": {"a": [1, {"b": None}]},
        "initiator": "ann",
        "sourceSystem": "web",
        "reason": "why",
        "tags": ["red"],
        "bypassSteps": ["two"],
        "workflowSteps": [],
    }
    assert [step["status"] for step in task["workflowSteps"]] == ["pending", "skipped", "pending", "pending"]


def test_what_is_left_out_or_null_has_the_defaults_of_rest(ask: Teller) -> None:
    without = created(ask, context={"number": 1})
    nulls = dict.fromkeys(["initiator", "sourceSystem", "tags", "bypassSteps", "version"])
    with_nulls = created(ask, context={"number": 2}, **nulls)
    for task in (without, with_nulls):
        assert [task[key] for key in ("initiator", "sourceSystem", "reason", "tags", "bypassSteps", "version")] == [
            *["unknown"] * 3,
            [],
            [],
            "1.10",
        ]
    assert created(ask, context={"number": 3}, reason=None)["reason"] is None


def test_a_version_may_be_asked_for(ask: Teller) -> None:
    assert created(ask, version="1.9")["version"] == "1.9"


@pytest.mark.parametrize("text", ['{"a": {"b": 1}}', ' {"a":{"b":1}} '])
def test_a_context_may_be_a_text_that_holds_an_object(ask: Teller, text: str) -> None:
    assert created(ask, context=text)["context"] == {"a": {"b": 1}}


def test_a_context_may_be_written_into_the_query(ask: Teller) -> None:
    query = """mutation($b: JSON) { createTask(input: {name: "copy", namespace: "shop", context: {
        a: [1, 2.5, "x", true, null, {deep: $b}]}}) { context } }"""
    assert ask.data(query, b={"c": 1})["createTask"]["context"] == {"a": [1, 2.5, "x", True, None, {"deep": {"c": 1}}]}


@pytest.mark.parametrize(
    "context", ["", "text", "[1]", "1", "null", '{"a": NaN}', '{"a": 1, "a": 2}', "{", [1], 1, 1.5, True, "\ud800"]
)
def test_a_context_that_is_no_object_is_refused_by_name(ask: Teller, context: Any) -> None:
    assert list(ask.faults(CREATE, input={"name": "copy", "namespace": "shop", "context": context})) == ["context"]
    assert ask.desk.ids("") == []


def test_a_number_that_no_json_has_is_refused(ask: Teller) -> None:
    query = 'mutation{createTask(input: {name: "copy", namespace: "shop", context: {a: 1e999}}){taskId}}'
    assert list(ask.faults(query)) == ["context"]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"name": "nobody"}, {"name": ["No task handler for nobody"]}),
        ({"name": " "}, {"name": ["must not be blank"]}),
        ({"bypassSteps": ["one"]}, {"bypassSteps": ["'one' is not skippable"]}),
        ({"sourceSystem": "x" * 129}, {"sourceSystem": ["must have 128 characters at most, got 129"]}),
    ],
)
def test_what_cannot_be_started_is_refused_by_name(ask: Teller, fields: Any, faults: Any) -> None:
    assert ask.faults(CREATE, input={"name": "copy", "namespace": "shop", "context": {}} | fields) == faults
    assert ask.desk.ids("") == []


@pytest.mark.parametrize("field", ["name", "initiator", "sourceSystem", "reason", "tags", "bypassSteps"])
@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_text_that_no_database_holds_is_refused_by_name(ask: Teller, field: str, text: str) -> None:
    value = [text] if field in ("tags", "bypassSteps") else text
    wanted = {"name": "copy", "namespace": "shop", "context": {}, field: value}
    assert list(ask.faults(CREATE, input=wanted)) == [field]


def test_an_identical_request_is_a_conflict_that_names_no_task(ask: Teller) -> None:
    wanted = {"name": "copy", "namespace": "shop", "context": {}}
    # A minute may end once among three.
    answers = [ask(CREATE, input=wanted) for _ in range(3)]
    error = next(answer["errors"][0] for answer in answers if "errors" in answer)
    assert error["extensions"] == {
        "code": "CONFLICT",
        "faults": {"identityHash": ["is identical to a request made in the last minute"]},
    }
    assert len(ask.desk.ids("")) < 3


def test_a_task_belongs_to_who_asks(ask: Teller, desk: Desk) -> None:
    desk.access = Access(actor="ann", owner="ann", scope="ann")
    task_id = created(ask)["taskId"]
    desk.access = Access(actor="bob", owner="bob", scope="bob")
    assert ask.data("query($id: ID!){task(taskId: $id){taskId}}", id=task_id) == {"task": None}


def test_reason_and_tags_are_changed_and_what_is_left_out_stays(ask: Teller, desk: Desk) -> None:
    task_id = desk.start(reason="old", tags=["old"])

    def updated(**changes: Any) -> Any:
        return ask.data(UPDATE, input={"taskId": task_id, **changes})["updateTask"]

    assert updated(tags=["new"]) == {"taskId": str(task_id), "reason": "old", "tags": ["new"]}
    assert updated(reason="new", tags=None) == {"taskId": str(task_id), "reason": "new", "tags": ["new"]}
    assert updated(reason=None, clientMutationId="x")["reason"] is None
    assert updated(tags=[])["tags"] == []


def test_a_reason_that_is_too_long_is_refused_by_name(ask: Teller, desk: Desk) -> None:
    task_id = desk.start(reason="old")
    assert list(ask.faults(UPDATE, input={"taskId": task_id, "reason": "x" * 129, "tags": ["x"]})) == ["reason"]
    assert (desk.task(task_id)["reason"], desk.task(task_id)["tags"]) == ("old", [])


def test_a_task_is_cancelled_and_once_more_changes_nothing(ask: Teller, desk: Desk) -> None:
    desk.access = Access(actor="ann")
    task_id = desk.start()
    for _ in range(2):
        task = ask.data(CANCEL, input={"taskId": task_id, "reason": "not needed"})["cancelTask"]
        assert (task["taskId"], task["status"]) == (str(task_id), "cancelled")
        assert {step["status"] for step in task["workflowSteps"]} == {"cancelled"}
    said = [one for one in desk("GET", f"/tasks/{task_id}/transitions")[1]["transitions"] if one["step_name"] is None]
    assert [(one["actor"], one["reason"]) for one in said] == [("ann", "not needed")]


def test_a_complete_task_is_not_cancelled(ask: Teller, desk: Desk) -> None:
    task_id = ask.complete()
    assert ask.code(CANCEL, input={"taskId": task_id}) == "CONFLICT"
    assert desk.task(task_id)["status"] == "complete"


def test_failed_steps_of_a_task_are_tried_again(ask: Teller) -> None:
    task_id, _ = ask.failed()
    task = ask.data(RETRY, input={"taskId": task_id, "reason": "now it works"})["retryTask"]
    assert (task["status"], task["workflowSteps"][0]) == ("in_progress", {"status": "pending", "attempts": 0})


def test_a_verb_that_the_state_forbids_is_a_conflict_that_says_what_is_allowed(ask: Teller, desk: Desk) -> None:
    error = ask.error(RETRY, input={"taskId": desk.start()})
    assert error["extensions"] == {"code": "CONFLICT", "allowed": ["cancel"]}
    assert "allowed there: cancel" in error["message"]


@pytest.mark.parametrize("mutation", [UPDATE, CANCEL, RETRY])
@pytest.mark.parametrize("text", ["999", "0", "1abc", "", "9" * 40])
def test_a_missing_task_is_an_error(ask: Teller, mutation: str, text: str) -> None:
    error = ask.error(mutation, input={"taskId": text})
    assert (error["message"], error["extensions"]) == ("Not Found", {"code": "NOT_FOUND"})


def test_why_is_bounded(ask: Teller, desk: Desk) -> None:
    task_id = desk.start()
    assert list(ask.faults(CANCEL, input={"taskId": task_id, "reason": "x" * 2_001})) == ["reason"]
    assert desk.task(task_id)["status"] == "pending"


def bulk(ask: Teller, action: str, filters: Any, **more: Any) -> Any:
    return ask.data(BULK, input={"action": action, "filters": filters, **more})["bulkTasks"]


def test_all_tasks_that_filters_select_are_cancelled(ask: Teller, desk: Desk) -> None:
    red, blue = desk.start(tags=["red"]), desk.start(tags=["blue"])
    assert bulk(ask, "cancel", {"tag": "red"}, reason="sold out") == {
        "action": "cancel",
        "dryRun": False,
        "count": 1,
        "taskIds": [str(red)],
        "skipped": [],
        "more": False,
    }
    assert [desk.task(task_id)["status"] for task_id in (red, blue)] == ["cancelled", "pending"]


def test_a_dry_run_says_what_would_be_done(ask: Teller, desk: Desk) -> None:
    started = [desk.start() for _ in range(3)]
    said = bulk(ask, "cancel", {"taskIds": started, "sourceSystem": "unknown"}, dryRun=True, limit=2)
    assert (said["taskIds"], said["more"]) == ([str(task_id) for task_id in started[:2]], True)
    assert {desk.task(task_id)["status"] for task_id in started} == {"pending"}


def test_failed_tasks_are_tried_again_in_bulk(ask: Teller) -> None:
    task_id, _ = ask.failed()
    assert bulk(ask, "retry", {"status": "error", "requestedAfter": "2020-01-01"})["taskIds"] == [str(task_id)]


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"filters": {}}, ["filters"]),
        ({"filters": {"status": None}}, ["filters.status"]),
        ({"filters": {"status": "pending"}, "dryRun": None}, ["dryRun"]),
        ({"filters": {"status": "sleeping"}}, ["filters.status"]),
        ({"filters": {"taskIds": ["1", "x"]}}, ["filters.taskIds"]),
        ({"filters": {"requestedAfter": "soon"}}, ["filters.requestedAfter"]),
        ({"filters": {"annotationValue": "1"}}, ["filters.annotationValue"]),
        ({"action": "delete", "filters": {"status": "pending"}}, ["action"]),
        ({"limit": 0, "filters": {"status": "pending"}}, ["limit"]),
        ({"reason": "x" * 2_001, "filters": {"status": "pending"}}, ["reason"]),
    ],
)
def test_a_bulk_verb_that_makes_no_sense_is_refused_by_name(
    ask: Teller, desk: Desk, fields: Any, faulty: list[str]
) -> None:
    task_id = desk.start()
    assert list(ask.faults(BULK, input={"action": "cancel", **fields})) == faulty
    assert desk.task(task_id)["status"] == "pending"


def test_a_bulk_verb_needs_the_permission_of_its_action_too(ask: Teller, desk: Desk) -> None:
    task_id = desk.start()
    desk.asked.clear()
    assert bulk(ask, "cancel", {"taskIds": [task_id]})["count"] == 1
    assert desk.asked == ["tasker.task:bulk", "tasker.task:destroy"]


def test_mutations_run_one_after_the_other_and_one_that_fails_keeps_no_other(ask: Teller, desk: Desk) -> None:
    task_id = desk.start()
    answer = ask(
        """mutation($id: ID!) {
            a: updateTask(input: {taskId: $id, tags: ["a"]}) { tags }
            b: retryTask(input: {taskId: $id}) { status }
            c: cancelTask(input: {taskId: $id}) { status tags } }""",
        id=task_id,
    )
    assert json.loads(json.dumps(answer["data"])) == {
        "a": {"tags": ["a"]},
        "b": None,
        "c": {"status": "cancelled", "tags": ["a"]},
    }
    assert [error["path"] for error in answer["errors"]] == [["b"]]
