"""Who gets in: closed by default, the callback, and requests from other sites."""

from __future__ import annotations

from typing import Any

import pytest
from flask import abort
from flask.testing import FlaskClient

from flask_tasker import Access, ConfigurationError
from flask_tasker.config import Settings
from flask_tasker.models import Task, WorkflowStep
from tests.web.conftest import Host
from tests.web.rows import Rows

CALLS = [
    ("GET", "/tasker/tasks", "tasker.task:index"),
    ("POST", "/tasker/tasks", "tasker.task:create"),
    ("GET", "/tasker/tasks/1", "tasker.task:show"),
    ("GET", "/tasker/tasks/1/workflow_steps", "tasker.workflow_step:index"),
    ("GET", "/tasker/tasks/1/workflow_steps/1", "tasker.workflow_step:show"),
]
ENDPOINTS = [call[:2] for call in CALLS]
UNAUTHORIZED = {"status": 401, "error": "Unauthorized"}
FORBIDDEN = {"status": 403, "error": "Forbidden"}
BODY = {"task": {"name": "copy"}}


class Guard:
    """A callback that lets everyone in, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, permission: str, resource: Any) -> bool:
        self.asked.append((permission, resource))
        return True


@pytest.fixture(autouse=True)
def _one_task(rows: Rows) -> None:
    rows.task()


def opened(client: FlaskClient, method: str, path: str, **options: Any) -> Any:
    return client.open(path, method=method, json=BODY if method == "POST" else None, **options)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_outside_debug_and_testing_every_endpoint_says_how_to_open_it(host: Host, method: str, path: str) -> None:
    response = opened(host.app(testing=False).test_client(), method, path)
    assert (response.status_code, response.mimetype) == (403, "application/json")
    assert (response.get_json()["status"], response.get_json()["error"]) == (403, "Forbidden")
    assert "tasker.authorize(callback)" in response.get_json()["message"]
    assert host.requests == []


@pytest.mark.parametrize("path", ["/tasker/tasks/99", "/tasker/tasks/1abc", "/tasker/tasks?limit=x"])
def test_a_closed_api_does_not_say_what_is_there(host: Host, path: str) -> None:
    assert host.app(testing=False).test_client().get(path).status_code == 403


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_in_debug_the_api_is_open(host: Host, method: str, path: str) -> None:
    app = host.app(testing=False)
    app.debug = True
    assert opened(app.test_client(), method, path).status_code in (200, 201)


@pytest.mark.parametrize("access", [True, Access(actor="ann")])
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_callback_that_allows_opens_the_api(host: Host, method: str, path: str, access: bool | Access) -> None:
    host.authorize = lambda _permission, _resource: access
    assert opened(host.app(testing=False).test_client(), method, path).status_code in (200, 201)


@pytest.mark.parametrize("answer", [object(), {"user": 1}, 1, "yes", 0, ""])
def test_a_callback_that_answers_something_else_opens_nothing(host: Host, answer: Any) -> None:
    host.authorize = lambda _permission, _resource: answer
    response = host.app().test_client().get("/tasker/tasks")
    assert (response.status_code, response.get_json()) == (500, {"status": 500, "error": "Internal Server Error"})


@pytest.mark.parametrize(("answer", "error"), [(None, UNAUTHORIZED), (False, FORBIDDEN)])
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_callback_refuses_the_unknown_and_the_unwelcome_also_in_testing(
    host: Host, method: str, path: str, answer: bool | None, error: dict[str, Any]
) -> None:
    host.authorize = lambda _permission, _resource: answer
    response = opened(host.app().test_client(), method, path)
    assert (response.status_code, response.get_json()) == (error["status"], error)
    assert host.requests == []


@pytest.mark.parametrize(("method", "path", "permission"), CALLS)
def test_the_callback_is_asked_once_and_gets_the_permission(
    host: Host, method: str, path: str, permission: str
) -> None:
    guard = host.authorize = Guard()
    assert opened(host.app().test_client(), method, path).status_code in (200, 201)
    assert [permission for permission, _ in guard.asked] == [permission]


def test_the_callback_gets_the_row_that_it_is_about(host: Host) -> None:
    guard = host.authorize = Guard()
    client = host.app().test_client()
    for _, path, _ in CALLS[2:]:
        client.get(path)
    resources = [resource for _, resource in guard.asked]
    assert [type(resource) for resource in resources] == [Task, Task, WorkflowStep]
    assert [resource.task_id for resource in resources] == [1, 1, 1]


def test_who_may_not_see_cannot_tell_what_is_there(host: Host) -> None:
    host.authorize = lambda _permission, _resource: None
    client = host.app().test_client()
    paths = [
        "/tasker/tasks/1",
        "/tasker/tasks/99",
        "/tasker/tasks/1/workflow_steps/99",
        "/tasker/tasks/99/workflow_steps",
    ]
    assert [client.get(path).status_code for path in paths] == [401, 401, 401, 401]


def test_what_is_no_id_of_a_step_does_not_tell_whether_there_is_the_task(host: Host) -> None:
    host.authorize = lambda _permission, _resource: None
    client = host.app().test_client()
    there, missing = (client.get(f"/tasker/tasks/{task_id}/workflow_steps/abc") for task_id in (1, 99))
    assert (there.status_code, there.get_json()) == (missing.status_code, missing.get_json())


def test_a_callback_may_abort(host: Host) -> None:
    host.authorize = lambda _permission, _resource: abort(429)
    response = host.app().test_client().get("/tasker/tasks")
    assert (response.status_code, response.get_json()["status"]) == (429, 429)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "https://localhost"},
        {"Origin": ""},
    ],
)
def test_an_unsafe_request_from_another_site_is_refused(client: FlaskClient, host: Host, headers: Any) -> None:
    response = opened(client, "POST", "/tasker/tasks", headers=headers)
    assert (response.status_code, response.get_json()["error"]) == (403, "Forbidden")
    assert host.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.example"},
        {"Origin": "http://localhost"},
        {"Origin": "HTTP://LOCALHOST"},
    ],
)
def test_an_unsafe_request_from_the_own_site_or_a_program_passes(client: FlaskClient, headers: Any) -> None:
    assert opened(client, "POST", "/tasker/tasks", headers=headers).status_code == 201


def test_a_safe_request_passes_from_anywhere_and_gets_no_cors_headers(client: FlaskClient) -> None:
    response = client.get("/tasker/tasks", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://x.example"})
    assert response.status_code == 200
    assert not [name for name, _ in response.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("owner", [5, "x" * 256])
def test_an_owner_that_no_column_holds_is_a_fault_of_the_app(owner: Any) -> None:
    with pytest.raises(ConfigurationError, match="owner must be text of up to 255 characters"):
        Access(owner=owner)


@pytest.mark.parametrize(("origin", "status"), [("https://admin.example", 204), ("https://evil.example", 404)])
def test_a_browser_that_asks_beforehand_is_answered_for_trusted_origins(host: Host, origin: str, status: int) -> None:
    host.settings = Settings(trusted_origins=("https://admin.example",))
    asked = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
    assert host.app().test_client().options("/tasker/tasks/1", headers=asked).status_code == status
