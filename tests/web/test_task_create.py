"""``POST /tasks``: what is asked for, and every way of being refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_tasker.errors import DuplicateTaskError, InvalidRequestError
from tests.web.conftest import Host
from tests.web.test_task_show import TASK_KEYS

BAD_REQUEST = {"status": 400, "error": "Bad Request"}
NO_NAME = {"error": "invalid parameters: requires task name"}


def refused(client: FlaskClient, host: Host, task: Any, *, status: int = 400) -> Any:
    response = client.post("/tasker/tasks", json={"task": task})
    assert response.status_code == status
    assert client.get("/tasker/tasks").get_json() == {"tasks": []}
    return response.get_json()


def test_a_new_task_is_answered_as_it_is_shown(client: FlaskClient) -> None:
    response = client.post("/tasker/tasks", json={"task": {"name": "copy", "context": {"order_id": 1}}})
    task = response.get_json()["task"]
    assert (response.status_code, list(task)) == (201, TASK_KEYS)
    assert task == client.get(f"/tasker/tasks/{task['task_id']}").get_json()["task"]


def test_every_field_reaches_the_task(client: FlaskClient) -> None:
    wanted = {
        "name": "copy",
        "context": {"a": [1, 2.5, {"b": None}], "ü": "☃"},
        "initiator": "checkout",
        "source_system": "shop",
        "reason": "paid",
        "tags": ["red", "blue"],
        "bypass_steps": ["two"],
    }
    task = client.post("/tasker/tasks", json={"task": wanted}).get_json()["task"]
    assert {key: task[key] for key in wanted} == wanted


def test_what_is_left_out_has_its_default(client: FlaskClient) -> None:
    task = client.post("/tasker/tasks", json={"task": {"name": "copy"}}).get_json()["task"]
    assert (task["initiator"], task["source_system"], task["reason"]) == ("unknown", "unknown", "unknown")
    assert (task["context"], task["tags"], task["bypass_steps"]) == ({}, [], [])


def test_null_is_as_good_as_left_out_but_for_the_reason(client: FlaskClient) -> None:
    fields = ("context", "initiator", "source_system", "reason", "tags", "bypass_steps")
    task = client.post("/tasker/tasks", json={"task": {"name": "copy", **dict.fromkeys(fields)}}).get_json()["task"]
    assert (task["context"], task["initiator"], task["source_system"]) == ({}, "unknown", "unknown")
    assert (task["tags"], task["bypass_steps"], task["reason"]) == ([], [], None)


def test_unknown_keys_are_dropped(client: FlaskClient, host: Host) -> None:
    body = {"task": {"name": "copy", "status": "complete", "owner": "me", "task_id": 77}, "other": 1}
    task = client.post("/tasker/tasks", json=body).get_json()["task"]
    assert (task["status"], task["task_id"]) == ("pending", 1)
    assert host.requests[0].name == "copy"


def test_the_content_type_does_not_matter(client: FlaskClient) -> None:
    response = client.post("/tasker/tasks", data=json.dumps({"task": {"name": "copy"}}), content_type="text/plain")
    assert response.status_code == 201


@pytest.mark.parametrize("body", [{}, {"task": None}, {"task": []}, {"task": "copy"}, {"name": "copy"}])
def test_a_body_without_the_wrapper_names_no_task(client: FlaskClient, body: Any) -> None:
    response = client.post("/tasker/tasks", json=body)
    assert (response.status_code, response.get_json()) == (400, NO_NAME)


@pytest.mark.parametrize("task", [{}, {"name": ""}, {"name": " \t"}, {"name": None}, {"context": {}}])
def test_a_task_without_a_name_is_refused(client: FlaskClient, host: Host, task: Any) -> None:
    assert refused(client, host, task) == NO_NAME


def test_a_task_that_no_handler_knows_is_refused_by_name(client: FlaskClient, host: Host) -> None:
    assert refused(client, host, {"name": "nobody"}) == {"error": {"name": ["No task handler for nobody"]}}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", 5, "must be text"),
        ("context", [], "must be an object"),
        ("context", "x", "must be an object"),
        ("context", 0, "must be an object"),
        ("initiator", 5, "must be text"),
        ("source_system", ["x"], "must be text"),
        ("reason", {}, "must be text"),
        ("tags", "red", "must be a list of strings"),
        ("tags", {"red": 1}, "must be a list of strings"),
        ("tags", ["red", 5], "must be a list of strings"),
        ("tags", [None], "must be a list of strings"),
        ("bypass_steps", "two", "must be a list of strings"),
        ("bypass_steps", [["two"]], "must be a list of strings"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_name(
    client: FlaskClient, host: Host, field: str, value: Any, message: str
) -> None:
    assert refused(client, host, {"name": "copy", field: value}) == {"error": {field: [message]}}
    assert host.requests == []


def test_the_faults_that_the_handler_finds_are_answered_by_field(client: FlaskClient, host: Host) -> None:
    faults = {"context": ["'dummy': 12 is not of type 'boolean'", "'bad' is not a property"], "reason": ["too long"]}
    host.refused_with = InvalidRequestError(faults)
    assert refused(client, host, {"name": "copy"}) == {"error": faults}


def test_an_identical_request_is_a_conflict_that_names_no_task(client: FlaskClient, host: Host) -> None:
    host.refused_with = DuplicateTaskError("task 7 is the same")
    assert refused(client, host, {"name": "copy"}, status=409) == {
        "error": {"identity_hash": ["is identical to a request made in the last minute"]}
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"task": {"name": "copy"}} x',
        b"null",
        b"[]",
        b'"task"',
        b"7",
        b"task[name]=copy",
        b'{"task": {"name": "copy", "name": "other"}}',
        b'{"task": {"name": "copy"}, "task": {}}',
        b'{"task": {"name": "copy", "context": {"a": NaN}}}',
        b'{"task": {"name": "copy", "context": {"a": -Infinity}}}',
        b'{"task": {"name": "copy", "context": {"a": 1e999}}}',
        b'{"task": {"name": "copy", "context": {"a": ' + b"9" * 5000 + b"}}}",
        b'{"task": {"name": "copy\xff"}}',
        b'\xff\xfe{"task": {"name": "copy"}}',
        b'\xef\xbb\xbf{"task": {"name": "copy"}}',
        b'{"task": {"name": "copy", "context": {"a": ' + b"[" * 99 + b"]" * 99 + b"}}}",
        b'{"task": ' + b"[" * 200_000,
    ],
)
def test_a_malformed_body_is_a_bad_request(client: FlaskClient, host: Host, body: bytes) -> None:
    response = client.post("/tasker/tasks", data=body, content_type="application/json")
    assert (response.status_code, response.get_json()) == (400, BAD_REQUEST)
    assert host.requests == []


def test_a_missing_body_is_a_bad_request(client: FlaskClient) -> None:
    response = client.post("/tasker/tasks")
    assert (response.status_code, response.get_json()) == (400, BAD_REQUEST)


def test_a_body_may_be_nested_a_hundred_deep(client: FlaskClient) -> None:
    nested: Any = 1
    for _ in range(97):
        nested = [nested]
    response = client.post("/tasker/tasks", json={"task": {"name": "copy", "context": {"a": nested}}})
    assert response.status_code == 201


def test_a_name_that_has_no_utf_8_is_answered_as_an_escape(client: FlaskClient, host: Host) -> None:
    host.refused_with = InvalidRequestError({"name": ["No task handler for \ud800"]})
    response = client.post("/tasker/tasks", json={"task": {"name": "copy"}})
    assert response.status_code == 400
    assert json.loads(response.data.decode("utf-8")) == {"error": {"name": ["No task handler for \ud800"]}}


def test_a_body_over_the_hosts_limit_is_too_large(host: Host) -> None:
    app = host.app()
    app.config["MAX_CONTENT_LENGTH"] = 20
    response = app.test_client().post("/tasker/tasks", json={"task": {"name": "copy"}})
    assert (response.status_code, response.get_json()["status"]) == (413, 413)
