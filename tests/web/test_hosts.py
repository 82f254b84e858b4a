"""Apps that do things their own way: the API answers the same under each of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask, Response, got_request_exception
from flask.json.provider import DefaultJSONProvider
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from flask_tasker.web.blueprint import create_blueprint
from tests.web.conftest import Host
from tests.web.rows import Rows, create_tables
from tests.web.test_task_show import TASK_KEYS

NOT_FOUND = {"status": 404, "error": "Not Found"}
UNKNOWN = [
    "",
    "/",
    "/nothing",
    "/tasks/1/nothing",
    "/tasks/1/workflow_steps/1/nothing",
    "//tasks",
    "/tasks//1",
    "/..",
    "/%",
]


class ShoutingProvider(DefaultJSONProvider):
    """Sorts keys, and writes and reads nothing that would do."""

    sort_keys = True

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        raise AssertionError("the host's JSON provider was used to write")

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        raise AssertionError("the host's JSON provider was used to read")


def with_own_error_handlers(app: Flask) -> None:
    def page(_error: Exception) -> tuple[str, int]:
        return "<h1>the host's page</h1>", 418

    for kind in (400, 401, 403, 404, 405, 409, 413, 500, HTTPException, Exception):
        app.register_error_handler(kind, page)


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_an_unknown_path_under_the_prefix_is_not_found_whatever_the_method(
    client: FlaskClient, path: str, method: str
) -> None:
    response = client.open(f"/tasker{path}", method=method, headers={"Accept": "text/html"})
    assert (response.status_code, response.mimetype, response.get_json()) == (404, "application/json", NOT_FOUND)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/tasks"), ("PATCH", "/tasks"), ("POST", "/tasks/1"), ("POST", "/tasks/1/workflow_steps/1")],
)
def test_a_method_that_a_path_does_not_take_is_not_found_like_an_unknown_path(
    client: FlaskClient, rows: Rows, method: str, path: str
) -> None:
    rows.task()
    response = client.open(f"/tasker{path}", method=method)
    assert (response.status_code, response.get_json()) == (404, NOT_FOUND)


def test_a_slash_at_the_end_changes_nothing(client: FlaskClient, rows: Rows) -> None:
    task_id = rows.task()
    assert client.get("/tasker/tasks/").status_code == 200
    assert client.get(f"/tasker/tasks/{task_id}/").status_code == 200
    assert client.post("/tasker/tasks/", json={"task": {"name": "copy"}}).status_code == 201


def test_the_hosts_own_paths_stay_the_hosts(client: FlaskClient) -> None:
    response = client.get("/elsewhere")
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert client.get("/taskers").mimetype == "text/html"


@pytest.mark.parametrize("path", ["/tasks", "/tasks/1", "/tasks/99", "/nothing", "/tasks?limit=x"])
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*"])
def test_every_answer_is_json_and_not_to_be_sniffed(client: FlaskClient, rows: Rows, path: str, accept: str) -> None:
    rows.task()
    response = client.get(f"/tasker{path}", headers={"Accept": accept})
    assert response.is_json
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    get, head = client.get("/tasker/tasks"), client.head("/tasker/tasks")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", get.headers["ETag"])


def test_the_hosts_error_handlers_are_not_asked(host: Host, rows: Rows) -> None:
    app = host.app()
    with_own_error_handlers(app)
    rows.task()
    client = app.test_client()
    expected = {"/tasks": 200, "/tasks/99": 404, "/nothing": 404, "//tasks": 404, "/tasks?limit=x": 400}
    answers = {path: client.get(f"/tasker{path}") for path in expected}
    assert {path: response.status_code for path, response in answers.items()} == expected
    assert all(response.is_json for response in answers.values())
    assert client.post("/tasker/tasks", data=b"{").get_json() == {"status": 400, "error": "Bad Request"}
    assert client.delete("/tasker/tasks").get_json() == NOT_FOUND


@pytest.mark.parametrize("testing", [True, False])
def test_a_fault_of_ours_is_a_500_that_tells_nothing_but_is_logged_and_signalled(
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
        response = app.test_client().post("/tasker/tasks", json={"task": {"name": "copy"}})
    assert (response.status_code, response.get_json()) == (500, {"status": 500, "error": "Internal Server Error"})
    assert "the secret is 42" in caplog.text
    assert signalled == [host.refused_with]


def test_the_hosts_json_provider_is_not_used(host: Host) -> None:
    app = host.app()
    app.json = ShoutingProvider(app)
    response = app.test_client().post("/tasker/tasks", data=b'{"task": {"name": "copy"}}')
    assert response.status_code == 201
    assert response.data.startswith(b'{"task":{"task_id":')


def test_the_hosts_response_class_does_not_change_the_type(host: Host) -> None:
    class PageResponse(Response):
        default_mimetype = "text/plain"

    app = host.app()
    app.response_class = PageResponse
    assert app.test_client().get("/tasker/tasks").mimetype == "application/json"


@pytest.fixture
def nested(host: Host, rows: Rows) -> FlaskClient:
    rows.task()
    app = Flask(__name__)
    app.testing = True
    parent = Blueprint("parent", __name__, url_prefix="/parent")
    parent.register_blueprint(create_blueprint(host.dependencies()), url_prefix="/jobs", name="jobs")
    app.register_blueprint(parent, name="renamed")
    return app.test_client()


def test_a_nested_and_renamed_blueprint_answers_alike(nested: FlaskClient) -> None:
    response = nested.get("/parent/jobs/tasks/1")
    assert list(response.get_json()["task"]) == TASK_KEYS
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert nested.post("/parent/jobs/tasks", json={"task": {"name": "copy"}}).status_code == 201


@pytest.mark.parametrize("path", UNKNOWN)
def test_a_nested_and_renamed_blueprint_knows_its_unknown_paths(nested: FlaskClient, path: str) -> None:
    response = nested.post(f"/parent/jobs{path}")
    assert (response.status_code, response.get_json()) == (404, NOT_FOUND)
    assert nested.get("/parent/other").mimetype == "text/html"


def test_the_blueprint_may_be_registered_twice_in_one_app(host: Host, rows: Rows) -> None:
    rows.task()
    app = Flask(__name__)
    app.testing = True
    blueprint = create_blueprint(host.dependencies())
    app.register_blueprint(blueprint, url_prefix="/one")
    app.register_blueprint(blueprint, url_prefix="/two", name="second")
    client = app.test_client()
    assert client.get("/one/tasks").data == client.get("/two/tasks").data
    assert [client.get(f"/{prefix}/nothing").get_json() for prefix in ("one", "two")] == [NOT_FOUND, NOT_FOUND]


def test_a_blueprint_at_the_root_leaves_the_hosts_routes_alone(host: Host) -> None:
    app = Flask(__name__)
    app.testing = True
    app.register_blueprint(create_blueprint(host.dependencies()), url_prefix="/")
    app.add_url_rule("/hello/<who>", view_func=lambda who: f"hello {who}", endpoint="hello")
    client = app.test_client()
    assert client.get("/tasks").get_json() == {"tasks": []}
    assert client.get("/hello/you").text == "hello you"
    assert client.get("/").get_json() == NOT_FOUND


@pytest.fixture
def other_host(tmp_path: Path) -> Iterator[Host]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")
    create_tables(engine)
    yield Host(rows=Rows(engine))
    engine.dispose()


def test_two_apps_do_not_see_each_others_tasks(host: Host, other_host: Host) -> None:
    first, second = host.app().test_client(), other_host.app().test_client()
    first.post("/tasker/tasks", json={"task": {"name": "mine"}})
    other_host.authorize = lambda _permission, _resource: True
    second.post("/tasker/tasks", json={"task": {"name": "yours"}})
    names = [[task["name"] for task in client.get("/tasker/tasks").get_json()["tasks"]] for client in (first, second)]
    assert names == [["mine"], ["yours"]]


def test_a_callback_of_one_app_does_not_close_the_other(host: Host, other_host: Host) -> None:
    other_host.authorize = lambda _permission, _resource: False
    assert host.app().test_client().get("/tasker/tasks").status_code == 200
    assert other_host.app().test_client().get("/tasker/tasks").status_code == 403
