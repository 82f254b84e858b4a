"""How operations come in and how they are answered, whatever the host does."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, got_request_exception
from flask.testing import FlaskClient

from flask_tasker.errors import UnavailableError
from flask_tasker.web.graphql import route
from tests.graphql.conftest import Teller
from tests.http.conftest import Desk
from tests.web.conftest import Host, client, engine, host, rows
from tests.web.rows import Rows
from tests.web.test_hosts import ShoutingProvider, with_own_error_handlers

__all__ = ["client", "engine", "host", "rows"]

PATH = "/tasker/graphql"
FORM = "application/x-www-form-urlencoded"
NOT_FOUND = {"status": 404, "error": "Not Found"}
BAD = {"status": 400, "error": "Bad Request"}
CREATE = 'mutation{createTask(input: {name: "copy", context: {}}){name}}'


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_an_answer_is_json_that_is_not_to_be_sniffed(client: FlaskClient, path: str) -> None:
    response = client.post(path, json={"query": "{tasks{taskId}}"}, headers={"Accept": "text/html"})
    assert (response.status_code, response.mimetype, response.data) == (
        200,
        "application/json",
        b'{"data":{"tasks":[]}}',
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"query"', b"null", b"\xff", b'{"query":"{a}","query":"{b}"}', b"{tasks}"]
)
@pytest.mark.parametrize("kind", ["application/json", "application/graphql", "text/plain", "multipart/form-data", ""])
def test_a_body_that_is_no_json_object_is_a_bad_request(client: FlaskClient, body: bytes, kind: str) -> None:
    response = client.post(PATH, data=body, content_type=kind)
    assert (response.status_code, response.get_json()) == (400, BAD)


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        ({}, ["query"]),
        ({"query": ""}, ["query"]),
        ({"query": " \n"}, ["query"]),
        ({"query": None}, ["query"]),
        ({"query": 1}, ["query"]),
        ({"query": ["{tasks}"]}, ["query"]),
        ({"query": "{__typename}", "variables": [1]}, ["variables"]),
        ({"query": "{__typename}", "variables": "x"}, ["variables"]),
        ({"query": "{__typename}", "operationName": 1}, ["operationName"]),
        ({"query": "{__typename}", "operationName": "Other"}, ["operationName"]),
        ({"query": "query A{__typename} query B{__typename}"}, ["operationName"]),
        ({"query": "query A{__typename} query B{__typename}", "operationName": "C"}, ["operationName"]),
    ],
)
def test_what_cannot_be_run_is_an_error_in_a_200_that_names_the_field(
    client: FlaskClient, body: Any, faulty: list[str]
) -> None:
    response = client.post(PATH, json=body)
    (error,) = response.get_json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (200, "INVALID")
    assert list(error["extensions"]["faults"]) == faulty
    assert error["message"]


@pytest.mark.parametrize(
    "query", ["{", "query", "#", "{tasks}", "subscription{tasks{name}}", "type A{b: Int}", "\ud800", "\x00"]
)
def test_what_is_no_operation_of_the_schema_is_an_error_in_a_200(client: FlaskClient, query: str) -> None:
    response = client.post(PATH, json={"query": query})
    assert response.status_code == 200
    assert {error["extensions"]["code"] for error in response.get_json()["errors"]} == {"INVALID"}


def test_a_fault_says_where_in_the_query_it_is(client: FlaskClient) -> None:
    (error,) = client.post(PATH, json={"query": "{\n  nothing\n}"}).get_json()["errors"]
    assert error["locations"] == [{"line": 2, "column": 3}]


def test_operations_are_chosen_by_name(client: FlaskClient) -> None:
    query = "query A{__typename} query B{tasks{taskId}}"
    answers = [client.post(PATH, json={"query": query, "operationName": name}).get_json() for name in ("A", "B")]
    assert answers == [{"data": {"__typename": "Query"}}, {"data": {"tasks": []}}]


@pytest.mark.parametrize("variables", [{"n": 0}, '{"n": 0}'])
def test_variables_are_an_object_or_a_text_that_holds_one(client: FlaskClient, variables: Any) -> None:
    body = {"query": "query($n: Int){tasks(limit: $n){taskId}}", "variables": variables}
    assert client.post(PATH, json=body).get_json() == {"data": {"tasks": []}}


@pytest.mark.parametrize("variables", [None, {}, "", "{}"])
def test_variables_may_be_left_out(client: FlaskClient, variables: Any) -> None:
    assert client.post(PATH, json={"query": "{tasks{name}}", "variables": variables}).get_json() == {
        "data": {"tasks": []}
    }


def test_a_form_may_carry_a_query(client: FlaskClient) -> None:
    form = {"query": "query A($n: Int){tasks(limit: $n){taskId}}", "variables": '{"n": 1}', "operationName": "A"}
    response = client.post(PATH, data=form)
    assert (response.status_code, response.get_json()) == (200, {"data": {"tasks": []}})
    assert client.post(PATH, data={"other": "1"}).get_json()["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize("kind", ["text/plain", "", FORM, "application/json-seq"])
def test_a_mutation_needs_json(client: FlaskClient, host: Host, kind: str) -> None:
    body: Any = {"query": CREATE} if kind == FORM else json.dumps({"query": CREATE})
    response = client.post(PATH, data=body, content_type=kind)
    (error,) = response.get_json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (200, "INVALID")
    assert "Content-Type: application/json" in error["message"]
    assert host.requests == []


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_may_say_its_character_set(client: FlaskClient, host: Host, kind: str) -> None:
    response = client.post(PATH, data=json.dumps({"query": CREATE}), content_type=kind)
    assert response.get_json() == {"data": {"createTask": {"name": "copy"}}}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_any_other_method_is_not_found(client: FlaskClient, method: str) -> None:
    response = client.open(f"{PATH}?query={{tasks{{taskId}}}}", method=method)
    assert response.status_code == 404
    assert method == "HEAD" or response.get_json() == NOT_FOUND


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
@pytest.mark.parametrize("kind", ["application/json", FORM])
def test_a_request_of_another_site_is_refused(client: FlaskClient, headers: dict[str, str], kind: str) -> None:
    body: Any = {"query": "{tasks{taskId}}"}
    response = client.post(PATH, data=body if kind == FORM else json.dumps(body), content_type=kind, headers=headers)
    assert (response.status_code, response.get_json()["error"]) == (403, "Forbidden")


@pytest.mark.parametrize("testing", [True, False])
def test_a_fault_of_ours_tells_nothing_but_is_logged_and_signalled(
    host: Host, caplog: pytest.LogCaptureFixture, testing: bool
) -> None:
    app = host.app(testing=testing)
    with_own_error_handlers(app)
    host.authorize = lambda _permission, _resource: True
    host.refused_with = RuntimeError("the secret is 42")
    signalled: list[Exception] = []

    def receive(_sender: Flask, *, exception: Exception, **_more: Any) -> None:
        signalled.append(exception)

    with got_request_exception.connected_to(receive, app), caplog.at_level(logging.ERROR):
        response = app.test_client().post(PATH, json={"query": CREATE})
    (error,) = response.get_json()["errors"]
    assert (response.status_code, response.get_json()["data"]) == (200, {"createTask": None})
    assert (error["message"], error["extensions"]) == ("Internal Server Error", {"code": "INTERNAL"})
    assert "secret" not in response.text
    assert "the secret is 42" in caplog.text
    assert signalled == [host.refused_with]


def test_a_database_that_is_away_is_said_so_and_is_no_fault_of_ours(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    host.refused_with = UnavailableError("the secret is 42")
    app = host.app()
    with got_request_exception.connected_to(pytest.fail, app), caplog.at_level(logging.WARNING):
        response = app.test_client().post(PATH, json={"query": CREATE})
    (error,) = response.get_json()["errors"]
    assert (error["message"], error["extensions"]) == ("Service Unavailable", {"code": "UNAVAILABLE"})
    assert "the database is not available" in caplog.text


def test_a_body_that_is_too_large_is_refused_unread(host: Host) -> None:
    host.settings = replace(host.settings, max_request_bytes=100)
    client = host.app().test_client()
    assert client.post(PATH, json={"query": "{tasks{taskId}}"}).status_code == 200
    assert client.post(PATH, json={"query": "#" * 100}).status_code == 413
    assert client.post(PATH, data={"query": "#" * 100}).status_code == 413


@pytest.mark.parametrize("query", ["{tasks{taskId}}", "{__schema{queryType{name}}}"])
def test_a_callback_that_answers_nonsense_opens_nothing(
    host: Host, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    host.authorize = lambda _permission, _resource: "yes"  # type: ignore[assignment, return-value]
    response = host.app().test_client().post(PATH, json={"query": query})
    assert response.get_json()["errors"][0]["extensions"] == {"code": "INTERNAL"}
    assert "expected Access" in caplog.text


def test_what_a_client_causes_is_not_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for query in ("{", "{nothing}", "{tasks(limit: -1){taskId}}", CREATE.replace("copy", "nobody")):
            assert client.post(PATH, json={"query": query}).get_json()["errors"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert "nothing" not in caplog.text


def test_under_the_hosts_own_handlers_and_provider_the_answers_are_the_same(host: Host, rows: Rows) -> None:
    rows.task(reason="Grüße ☃")
    app = host.app()
    with_own_error_handlers(app)
    app.json = ShoutingProvider(app)
    client = app.test_client()
    response = client.post(PATH, data=b'{"query": "{tasks{reason}}"}', content_type="application/json")
    assert response.data == '{"data":{"tasks":[{"reason":"Grüße ☃"}]}}'.encode()
    assert client.post(PATH, data=b"{").status_code == 400
    assert client.get(PATH).status_code == 404
    assert client.get(f"{PATH}/assets/start.js").status_code == 404
    assert client.post(PATH, data=b'{"query": "{nothing}"}').status_code == 200


def test_without_the_extra_the_answer_names_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "find_spec", lambda _name: None)
    response = client.post(PATH, json={"query": "{tasks{taskId}}"})
    assert (response.status_code, response.get_json()["error"]) == (501, "Not Implemented")
    assert "pip install 'flask-tasker[graphql]'" in response.get_json()["message"]
    assert client.get("/tasker/tasks").status_code == 200


def test_in_debug_the_api_is_open(ask: Teller, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.app.extensions["tasker"], "authorize", None)
    monkeypatch.setitem(desk.app.config, "TESTING", False)
    monkeypatch.setitem(desk.app.config, "DEBUG", True)
    task_id = desk.start()
    assert ask.data("{tasks{taskId}}") == {"tasks": [{"taskId": str(task_id)}]}
