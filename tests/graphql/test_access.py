"""Who gets what: each field at the top asks for its permission, and shows what is in scope."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.exceptions import Forbidden

from flask_tasker import Access
from flask_tasker.web.graphql.permissions import PERMISSIONS
from tests.graphql.conftest import Teller
from tests.graphql.operations import operation, top_fields
from tests.http.conftest import Desk

TOP = pytest.mark.parametrize(("kind", "field"), top_fields())
QUERIES = pytest.mark.parametrize("field", [field for kind, field in top_fields() if kind == "query"])
LISTS = {"tasks", "tasksByStatus", "tasksByAnnotation", "annotationTypes"}
INTROSPECTION = ["{__schema{queryType{name}}}", '{__type(name: "Task"){name}}']


class Case:
    """A failed task, and each field asked of it."""

    def __init__(self, ask: Teller) -> None:
        self.ask = ask
        self.task_id, self.step_id = ask.failed()
        self.before = self.rows()
        ask.desk.asked.clear()

    def rows(self) -> Any:
        """All tasks as they stand."""
        access, self.ask.desk.access = self.ask.desk.access, True
        found = self.ask.desk("GET", "/tasks")[1]["tasks"]
        self.ask.desk.access = access
        return found

    def __call__(self, kind: str, field: str) -> Any:
        values = {
            "taskId": self.task_id,
            "stepId": self.step_id,
            "status": "error",
            "annotationType": "ledger",
            "annotationKey": "page",
            "annotationValue": "7",
            "name": "refused",
            "context": {"one": "more"},
            "action": "cancel",
            "filters": {"taskIds": [self.task_id]},
        }
        asked = operation(kind, field, values)
        return self.ask(asked.text, **asked.arguments)


@pytest.fixture
def case(ask: Teller) -> Case:
    return Case(ask)


def test_each_field_at_the_top_has_a_permission_and_no_other_has() -> None:
    assert {field for _, field in top_fields()} | {"__schema", "__type"} == set(PERMISSIONS)


@TOP
def test_outside_debug_and_testing_nothing_is_answered_without_a_callback(
    case: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str, field: str
) -> None:
    asked = operation(kind, field, dict.fromkeys(["taskId", "stepId", "status", "name", "context", "action"], "1") | {
        "annotationType": "", "annotationKey": "", "annotationValue": "", "filters": {}
    })  # fmt: skip
    monkeypatch.setattr(desk.app.extensions["tasker"], "authorize", None)
    monkeypatch.setitem(desk.app.config, "TESTING", False)
    status, body = desk("POST", "/graphql", {"query": asked.text, "variables": asked.arguments})
    assert (status, body["error"]) == (403, "Forbidden")
    assert "tasker.authorize(callback)" in body["message"]
    monkeypatch.undo()
    assert case.rows() == case.before


@pytest.mark.parametrize("body", [b"{", b"", b"query"])
def test_a_closed_api_parses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(desk.app.extensions["tasker"], "authorize", None)
    monkeypatch.setitem(desk.app.config, "TESTING", False)
    assert desk("POST", "/graphql", data=body)[0] == 403


@TOP
@pytest.mark.parametrize(("access", "code"), [(None, "UNAUTHENTICATED"), (False, "FORBIDDEN")])
def test_the_unknown_and_the_unwelcome_get_nothing(
    case: Case, access: bool | None, code: str, kind: str, field: str
) -> None:
    case.ask.desk.access = access
    body = case(kind, field)
    assert body["data"] == {field: None}
    assert [(error["path"], error["extensions"]) for error in body["errors"]] == [([field], {"code": code})]
    assert case.rows() == case.before


@TOP
def test_the_callback_is_asked_once_and_gets_the_permission(case: Case, desk: Desk, kind: str, field: str) -> None:
    body = case(kind, field)
    assert "errors" not in body
    assert body["data"][field] is not None
    actions = ["tasker.task:destroy"] if field == "bulkTasks" else []
    assert desk.asked == [PERMISSIONS[field], *actions]


@TOP
def test_what_is_out_of_scope_is_answered_as_if_it_were_not_there(
    case: Case, desk: Desk, kind: str, field: str
) -> None:
    desk.access = Access(actor="ann", owner="ann", scope="ann")
    body = case(kind, field)
    if field == "createTask":
        assert case.rows()[: len(case.before)] == case.before
        return
    if kind == "query":
        assert body == {"data": {field: [] if field in LISTS else None}}
    elif field == "bulkTasks":
        assert body == {"data": {field: {"__typename": "BulkResult"}}}
    else:
        assert body["data"] == {field: None}
        assert [error["extensions"] for error in body["errors"]] == [{"code": "NOT_FOUND"}]
    assert case.rows() == case.before


def test_lists_show_the_tasks_of_all_owners_in_scope(ask: Teller, desk: Desk) -> None:
    for owner in ("ann", "bob", "eve"):
        desk.access = Access(owner=owner)
        ask.complete()
    desk.access = Access(scope=["ann", "bob"])
    assert len(ask.data("{tasks{taskId}}")["tasks"]) == 2
    assert len(ask.data('{tasksByStatus(status: "complete"){taskId}}')["tasksByStatus"]) == 2
    query = '{tasksByAnnotation(annotationType: "ledger", annotationKey: "page", annotationValue: "7"){taskId}}'
    assert len(ask.data(query)["tasksByAnnotation"]) == 2


def test_each_alias_asks_for_itself(case: Case, desk: Desk) -> None:
    case.ask.data("{tasks{taskId} a: tasks{taskId} b: task(taskId: %d){taskId}}" % case.task_id)
    assert desk.asked == ["tasker.task:index"] * 2 + ["tasker.task:show"]


def test_fields_in_fragments_ask_for_themselves(case: Case, desk: Desk) -> None:
    case.ask.data("query{...All ... on Query{annotationTypes{name}}} fragment All on Query{tasks{taskId}}")
    assert desk.asked == ["tasker.task:index", "tasker.annotation_type:index"]


def test_a_field_that_is_skipped_does_not_ask(case: Case, desk: Desk) -> None:
    case.ask.data("query($no: Boolean!){tasks @include(if: $no){taskId} annotationTypes{name}}", no=False)
    assert desk.asked == ["tasker.annotation_type:index"]


def test_only_the_operation_that_is_named_asks(case: Case, desk: Desk) -> None:
    query = """query List{tasks{taskId}} query Schema{__schema{queryType{name}}}
        mutation Bad{cancelTask(input: {taskId: 1}){name}}"""
    _, body = desk("POST", "/graphql", {"query": query, "operationName": "List"})
    assert len(body["data"]["tasks"]) == 1
    assert desk.asked == ["tasker.task:index"]


def test_a_field_that_is_refused_does_not_take_the_others_with_it(
    case: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        desk.app.extensions["tasker"], "authorize", lambda permission, _resource: permission == "tasker.task:index"
    )
    body = case.ask("{annotationTypes{name} tasks{taskId}}")
    assert body["data"] == {"annotationTypes": None, "tasks": [{"taskId": str(case.task_id)}]}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]


def test_the_callback_gets_the_row_that_it_is_about(case: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def authorize(_permission: str, resource: Any) -> bool:
        seen.append(resource)
        return True

    monkeypatch.setattr(desk.app.extensions["tasker"], "authorize", authorize)
    case("query", "task")
    case("query", "step")
    case("mutation", "updateTask")
    case("mutation", "updateStep")
    case.ask("{task(taskId: 999){taskId} tasks{taskId}}")
    keys = [getattr(row, "workflow_step_id", getattr(row, "task_id", None)) for row in seen]
    assert keys == [case.task_id, case.step_id, case.task_id, case.step_id, None, None]


@pytest.mark.parametrize("query", INTROSPECTION)
def test_introspection_needs_the_permission_of_the_openapi_document(ask: Teller, desk: Desk, query: str) -> None:
    ask.data(query)
    assert desk.asked == ["tasker.openapi:show"]


@pytest.mark.parametrize(("access", "code"), [(None, "UNAUTHENTICATED"), (False, "FORBIDDEN")])
@pytest.mark.parametrize(
    "query",
    [
        *INTROSPECTION,
        "{a: __schema{queryType{name}}}",
        "query{...A} fragment A on Query{... {__schema{queryType{name}}}}",
        "{__typename __schema{queryType{name}}}",
    ],
)
def test_who_may_not_see_the_schema_is_not_told_it(
    ask: Teller, desk: Desk, access: bool | None, code: str, query: str
) -> None:
    desk.access = access
    body = ask(query)
    assert "data" not in body
    assert [error["extensions"] for error in body["errors"]] == [{"code": code}]


def test_who_is_asked_for_the_schema_can_still_ask_for_names_of_types(ask: Teller, desk: Desk) -> None:
    desk.access = None
    assert ask.data("{__typename}") == {"__typename": "Query"}
    assert desk.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "{task{taskId}}",
        "{tasks{taskI}}",
        "{taks{taskId}}",
        "{tasks(limi: 1){taskId}}",
        "{tasks{... on Taks{taskId}}}",
        "query($a: Strin){tasks(sortBy: $a){taskId}}",
        "mutation{createTask(input: {nam: 1}){taskId}}",
        "{tasks @skp(if: true){taskId}}",
    ],
)
def test_no_suggestion_tells_of_the_schema(ask: Teller, query: str) -> None:
    body = ask(query)
    assert {error["extensions"]["code"] for error in body["errors"]} == {"INVALID"}
    assert "Did you mean" not in str(body)


def test_no_suggestion_is_made_for_a_variable(ask: Teller) -> None:
    query = "mutation($i: CreateTaskInput!){createTask(input: $i){taskId}}"
    body = ask(query, i={"name": "copy", "context": {}, "namespac": "shop"})
    assert "Did you mean" not in str(body)
    assert [error["extensions"] for error in body["errors"]] == [{"code": "INVALID"}]


def test_a_callback_may_abort_the_request_for_a_field(case: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def authorize(_permission: str, _resource: Any) -> bool:
        raise Forbidden

    monkeypatch.setattr(desk.app.extensions["tasker"], "authorize", authorize)
    assert case.ask.code("{tasks{taskId}}") == "FORBIDDEN"
    assert case.ask.code(INTROSPECTION[0]) == "FORBIDDEN"
