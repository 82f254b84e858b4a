"""What a client may send: bodies of a bounded size, with nothing that a database cannot hold; and what errors tell."""

from __future__ import annotations

import http.client
import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from flask_tasker.config import Settings
from tests.web.conftest import Host
from tests.web.rows import Rows

BAD_REQUEST = {"status": 400, "error": "Bad Request"}
TOO_LARGE = {"status": 413, "error": "Request Entity Too Large"}
LIMIT = 1_000
NESTED = "[" * 100 + "]" * 100

WITH_FAULT: dict[str, bytes] = {
    "nested past a hundred levels": b'{"context": ' + NESTED.encode() + b"}",
    "an integer of ten thousand digits": b'{"context": {"a": ' + b"9" * 10_000 + b"}}",
    "a negative one": b'{"context": {"a": -' + b"9" * 10_000 + b"}}",
    "an infinite number": b'{"context": {"a": -1e400}}',
    "no number": b'{"context": {"a": NaN}}',
    "a key twice": b'{"context": {"a": 1, "a": 2}}',
    "no UTF-8": b'{"context": {"a": "\xff"}}',
    "half a surrogate pair in UTF-8": b'{"context": {"a": "\xed\xa0\x80"}}',
    "a byte order mark": b'\xef\xbb\xbf{"context": {}}',
    "UTF-16": '{"context": {}}'.encode("utf-16"),
    "a control character": b'{"context": {"a": "\x00"}}',
    "half of it": b'{"context": {"a": ',
    "a list": b"[]",
    "text": b'"context"',
}
UNSTORABLE: dict[str, tuple[bytes, str]] = {
    "NUL": (rb'{"context": {"a": ["\u0000"]}}', "text holds NUL, which PostgreSQL cannot store"),
    "NUL in a key": (rb'{"context": {"\u0000": 1}}', "text holds NUL, which PostgreSQL cannot store"),
    "half a pair": (rb'{"context": {"a": "\ud800"}}', "text holds half a surrogate pair, which is no valid Unicode"),
    "the other half": (rb'{"context": {"\udfff": 1}}', "text holds half a surrogate pair, which is no valid Unicode"),
}


class Endless(io.RawIOBase):
    """A body without an end, which counts what is read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b" " * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)


@pytest.fixture
def host(rows: Rows) -> Host:
    """An app that reads bodies of up to a thousand bytes."""
    return Host(rows=rows, settings=Settings(max_request_bytes=LIMIT))


@pytest.fixture
def roomy(rows: Rows) -> FlaskClient:
    """A client of an app with the usual limit, which has one task."""
    rows.task()
    return Host(rows=rows).app().test_client()


def body_of(size: int, *, name: str = "copy") -> bytes:
    body = json.dumps({"task": {"name": name}}).encode()
    return body + b" " * (size - len(body))


def calls_with_body(app: Flask) -> list[tuple[str, str]]:
    """Each call of the REST API that takes a body, about the first task and its first step."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("tasker.")]
    # Over GraphQL, a fault is told in a 200.
    rules = [rule for rule in rules if rule.endpoint != "tasker.graphql"]
    found = [(method, rule) for rule in rules for method in sorted(rule.methods or ()) if method in ("POST", "PATCH")]
    return [(method, re.sub("<[^>]*>", "1", rule.rule)) for method, rule in found]


def test_a_body_of_the_largest_size_is_read(client: FlaskClient) -> None:
    assert client.post("/tasker/tasks", data=body_of(LIMIT)).status_code == 201


def test_a_body_one_byte_over_it_is_too_large(client: FlaskClient, host: Host) -> None:
    response = client.post("/tasker/tasks", data=body_of(LIMIT + 1))
    assert (response.status_code, response.get_json(), host.requests) == (413, TOO_LARGE, [])


def test_a_length_that_is_too_large_is_believed_and_nothing_is_read(client: FlaskClient) -> None:
    endless = Endless()
    environ = {"wsgi.input": endless, "CONTENT_LENGTH": "1000000000000"}
    response = client.post("/tasker/tasks", environ_overrides=environ)
    assert (response.status_code, response.get_json(), endless.read_bytes) == (413, TOO_LARGE, 0)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_of_a_body_without_an_end_no_more_than_the_limit_is_read(host: Host, method: str) -> None:
    app, endless = host.app(), Endless()
    app.add_url_rule("/any", "tasker.create_task", methods=["POST", "PUT", "PATCH", "DELETE"])
    environ = {"wsgi.input": endless, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = app.test_client().open("/any", method=method, environ_overrides=environ)
    assert (response.status_code, response.get_json()) == (413, TOO_LARGE)
    assert endless.read_bytes <= LIMIT + 1


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 201), (LIMIT + 1, 413), (50 * LIMIT, 413)])
def test_a_server_that_takes_chunks_is_held_to_it_as_well(rows: Rows, host: Host, size: int, status: int) -> None:
    with served(host.app()) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        chunks = (body_of(size)[first : first + 300] for first in range(0, size, 300))
        connection.request("POST", "/tasker/tasks", chunks, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        response = connection.getresponse()
        assert (response.status, bool(json.load(response))) == (status, True)
        connection.close()


def test_the_smaller_limit_of_the_host_counts(host: Host) -> None:
    app = host.app()
    app.config["MAX_CONTENT_LENGTH"] = LIMIT // 2
    client = app.test_client()
    assert client.post("/tasker/tasks", data=body_of(LIMIT // 2)).status_code == 201
    response = client.post("/tasker/tasks", data=body_of(LIMIT // 2 + 1))
    assert (response.status_code, response.get_json()) == (413, TOO_LARGE)


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 201), (LIMIT + 1, 413)])
def test_a_body_that_the_host_has_read_before_is_measured_too(host: Host, size: int, status: int) -> None:
    app = host.app()
    app.before_request(lambda: request.get_data() and None)
    assert app.test_client().post("/tasker/tasks", data=body_of(size)).status_code == status


def test_a_body_of_someone_who_may_not_come_in_is_not_read(host: Host) -> None:
    endless = Endless()
    environ = {"wsgi.input": endless, "wsgi.input_terminated": True}
    response = host.app(testing=False).test_client().post("/tasker/tasks", environ_overrides=environ)
    assert (response.status_code, endless.read_bytes) == (403, 0)


@pytest.mark.parametrize("fault", WITH_FAULT)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_malformed_body_is_a_bad_request_for_every_call(roomy: FlaskClient, fault: str, wrapped: bool) -> None:
    calls = calls_with_body(roomy.application)
    assert ("POST", "/tasker/tasks") in calls
    for method, path in calls:
        wrapper = b"workflow_step" if "workflow_steps" in path else b"task"
        body = b'{"%s": %s}' % (wrapper, WITH_FAULT[fault]) if wrapped else WITH_FAULT[fault]
        response = roomy.open(path, method=method, data=body)
        assert (path, response.status_code) == (path, 400)


@pytest.mark.parametrize("fault", UNSTORABLE)
def test_text_that_no_database_holds_is_refused_by_name_for_every_call(roomy: FlaskClient, fault: str) -> None:
    fields, message = UNSTORABLE[fault]
    for method, path in calls_with_body(roomy.application):
        for body in (b'{"task": ' + fields + b"}", fields):
            response = roomy.open(path, method=method, data=body)
            assert (response.status_code, response.get_json()) == (400, {"error": {"context": [message]}})


def test_a_field_whose_name_no_database_holds_is_a_bad_request(roomy: FlaskClient) -> None:
    response = roomy.post("/tasker/tasks", data=rb'{"task": {"\u0000": 1, "name": "copy"}}')
    assert (response.status_code, response.get_json()) == (400, BAD_REQUEST)


def test_what_only_looks_like_such_text_is_taken(roomy: FlaskClient) -> None:
    context = {"a": "\\u0000", "b": "\\ud800", "c": "\U0001f600", "d": "\x01\x7f"}
    response = roomy.post("/tasker/tasks", json={"task": {"name": "copy", "context": context}})
    assert (response.status_code, response.get_json()["task"]["context"]) == (201, context)


def test_an_integer_is_taken_whole(roomy: FlaskClient) -> None:
    context = {"a": 10**300 + 7, "b": -(2**63) - 1}
    response = roomy.post("/tasker/tasks", json={"task": {"name": "copy", "context": context}})
    assert (response.status_code, response.get_json()["task"]["context"]) == (201, context)


@pytest.mark.parametrize("error", [RuntimeError("SELECT secret FROM /etc/passwd"), KeyError("secret")])
def test_an_error_of_ours_tells_nothing(host: Host, error: Exception) -> None:
    host.refused_with = error
    app = host.app(testing=False)
    host.authorize = lambda _permission, _resource: True
    response = app.test_client().post("/tasker/tasks", json={"task": {"name": "copy"}})
    assert (response.status_code, response.get_json()) == (500, {"status": 500, "error": "Internal Server Error"})


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The port on which ``app`` is served meanwhile."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
