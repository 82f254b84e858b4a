"""Every call of the API over real servers: good, and each way of being refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from flask_tasker.web.api.calls import CALLS
from tests.http.servers import COMMANDS, served

JSON = "application/json"
BAD_REQUEST = {"status": 400, "error": "Bad Request"}
NOT_FOUND = {"status": 404, "error": "Not Found"}


@pytest.fixture(params=COMMANDS)
def server(request: pytest.FixtureRequest, database_url: str) -> Iterator[httpx.Client]:
    """The shop on each database, behind each server."""
    with served(request.param, database_url) as client:
        yield client


class Contract:
    """Asks, and notes which call that was."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.asked: set[tuple[str, str]] = set()

    def __call__(self, method: str, path: str, *, as_path: str | None = None, **options: Any) -> httpx.Response:
        """Ask, and check what is so of every answer."""
        response = self.client.request(method, path, **options)
        self.asked.add((method, as_path or path.partition("?")[0]))
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Type"].startswith((JSON, "text/plain", "text/html", "text/css"))
        assert response.is_success or "Traceback" not in response.text
        return response


def test_every_call_keeps_its_contract_behind_a_real_server(server: httpx.Client) -> None:
    ask = Contract(server)

    tasks_are_created_listed_and_shown(ask)
    what_is_refused(ask)
    who_is_refused(ask)
    keys_make_one_task(ask)
    steps_and_verbs(ask)
    handlers_are_shown(ask)
    the_document_is_shown(ask)
    health_is_told(ask)

    covered = {(method, path) for method, path in ask.asked}
    assert {(method, call.path) for call in CALLS for method in call.methods if call.permission} <= covered


def create(ask: Contract, name: str = "later", *, number: int, who: str = "root", **task: Any) -> Any:
    body = {"task": {"name": name, "context": {"number": number}, **task}}
    response = ask("POST", "/tasks", json=body, headers={"X-Who": who})
    assert response.status_code == 201, response.text
    return response.json()["task"]


def tasks_are_created_listed_and_shown(ask: Contract) -> None:
    task = create(ask, number=1, tags=["red"], initiator="shop")
    one = f"/tasks/{task['task_id']}"
    assert (task["status"], task["complete"], task["reason"]) == ("in_progress", False, "unknown")
    listed = ask("GET", "/tasks?limit=1&tag=red&count=true")
    assert (listed.status_code, listed.headers["X-Total-Count"], len(listed.json()["tasks"])) == (200, "1", 1)
    shown = ask("GET", one, as_path="/tasks/<task_id>")
    assert shown.headers["Cache-Control"] == "max-age=0, private, must-revalidate"
    again = ask.client.get(one, headers={"If-None-Match": shown.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for method in ("PATCH", "PUT"):
        changed = ask(method, one, as_path="/tasks/<task_id>", json={"task": {"tags": [method], "reason": None}})
        assert (changed.status_code, changed.json()["task"]["tags"]) == (200, [method])
    lines = ask("GET", f"{one}/transitions", as_path="/tasks/<task_id>/transitions")
    assert lines.json()["transitions"][0]["to_status"] == "in_progress"
    graph = ask("GET", f"{one}/graph", as_path="/tasks/<task_id>/graph")
    assert graph.json()["graph"]["edges"] == []
    assert ask.client.get(f"{one}/graph?format=mermaid").text.startswith("flowchart TD\n")
    for _ in range(2):
        cancelled = ask("DELETE", one, as_path="/tasks/<task_id>")
        assert (cancelled.status_code, cancelled.json()) == (200, {"cancelled": True})


def what_is_refused(ask: Contract) -> None:
    faults = {
        b"": BAD_REQUEST,
        b"{": BAD_REQUEST,
        b"[]": BAD_REQUEST,
        b"\xff": BAD_REQUEST,
        b'{"task": {"name": "later", "name": "twice"}}': BAD_REQUEST,
        b"[" * 5_000: BAD_REQUEST,
        b'{"task": {"name": "later", "context": {"number": 1e999}}}': BAD_REQUEST,
        b"{}": {"error": "invalid parameters: requires task name"},
        b'{"task": {"name": " "}}': {"error": "invalid parameters: requires task name"},
        b'{"task": {"name": "nobody"}}': {"error": {"name": ["No task handler for nobody"]}},
        b'{"task": {"name": "later", "context": []}}': {"error": {"context": ["must be an object"]}},
    }
    for data, body in faults.items():
        response = ask("POST", "/tasks", content=data, headers={"Content-Type": JSON})
        assert (response.status_code, response.json()) == (400, body), data
    two = ask("POST", "/tasks", json={"task": {"name": "later", "context": {"bad": 1, "number": "x"}}})
    assert (two.status_code, len(two.json()["error"]["context"])) == (400, 2)
    twin = {"task": {"name": "later", "context": {"number": 77}}}
    statuses = [ask("POST", "/tasks", json=twin).status_code for _ in range(3)]
    # The minute may turn between two of them.
    assert statuses.count(409) in (1, 2)
    for path in ("/tasks/99999", "/tasks/1abc", "/tasks/" + "9" * 30, "/nothing", "/tasks//1"):
        response = ask("GET", path)
        assert (response.status_code, response.json()) == (404, NOT_FOUND), path
    # There are the pages for people, for those who look; nothing else is done there.
    assert ask("GET", "/").status_code == 303
    assert (ask("POST", "/").status_code, ask("POST", "/").json()) == (404, NOT_FOUND)
    for query, field in (("limit=x", "limit"), ("offset=-1", "offset"), ("status=x", "status"), ("cursor=x", "cursor")):
        response = ask("GET", f"/tasks?{query}")
        assert (response.status_code, list(response.json()["error"])) == (400, [field])
    elsewhere = ask("POST", "/tasks", json=twin, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403


def who_is_refused(ask: Contract) -> None:
    task = create(ask, number=2, who="ann")
    one = f"/tasks/{task['task_id']}"
    seen = {who: ask.client.get(one, headers={"X-Who": who}).status_code for who in ("ann", "bob", "eve")}
    assert seen == {"ann": 200, "bob": 404, "eve": 403}
    with httpx.Client(base_url=ask.client.base_url) as nobody:
        response = nobody.get(one)
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


def keys_make_one_task(ask: Contract) -> None:
    body = {"task": {"name": "later", "context": {"number": 6}}}
    answers = [ask("POST", "/tasks", json=body, headers={"Idempotency-Key": "six"}) for _ in range(2)]
    assert [response.status_code for response in answers] == [201, 200]
    other = {"task": {"name": "later", "context": {"number": 7}}}
    assert ask("POST", "/tasks", json=other, headers={"Idempotency-Key": "six"}).status_code == 409


def steps_and_verbs(ask: Contract) -> None:
    task = create(ask, "refused", number=3)
    all_steps = f"/tasks/{task['task_id']}/workflow_steps"
    listed = ask("GET", all_steps, as_path="/tasks/<task_id>/workflow_steps").json()["steps"]
    assert [(step["name"], step["status"]) for step in listed] == [("first", "error"), ("second", "pending")]
    first = f"{all_steps}/{listed[0]['workflow_step_id']}"
    a_step = "/tasks/<task_id>/workflow_steps/<step_id>"
    assert ask("GET", first, as_path=a_step).json()["step"]["error"].endswith("the card was refused")
    assert ask("GET", f"/tasks/1/workflow_steps/{listed[0]['workflow_step_id']}").status_code == 404
    for method in ("PATCH", "PUT"):
        changed = ask(method, first, as_path=a_step, json={"workflow_step": {"retry_limit": 9}})
        assert (changed.status_code, changed.json()["step"]["retry_limit"]) == (200, 9)
    assert ask("PATCH", first, as_path=a_step, json={"retry_limit": 0}).status_code == 400
    again = ask("POST", f"{first}/retry", as_path=f"{a_step}/retry", json={"reason": "again"})
    assert again.status_code == 200
    assert ask("POST", f"/tasks/{task['task_id']}/retry", as_path="/tasks/<task_id>/retry").status_code in (200, 409)
    resolved = ask("POST", f"{first}/resolve", as_path=f"{a_step}/resolve", json={"results": {"by": "hand"}})
    assert (resolved.status_code, resolved.json()["step"]["results"]) == (200, {"by": "hand"})
    refused = ask("POST", f"{first}/skip", as_path=f"{a_step}/skip")
    assert (refused.status_code, refused.json()["allowed"]) == (409, [])
    other = create(ask, number=4)
    step_id = other["workflow_steps"][0]["workflow_step_id"]
    cancelled = ask("DELETE", f"/tasks/{other['task_id']}/workflow_steps/{step_id}", as_path=a_step)
    assert cancelled.json() == {"cancelled": True}
    create(ask, number=5, tags=["bulk"])
    done = ask("POST", "/tasks/bulk", json={"action": "cancel", "filters": {"tag": "bulk"}})
    assert (done.status_code, done.json()["count"]) == (200, 1)


def health_is_told(ask: Contract) -> None:
    with httpx.Client(base_url=ask.client.base_url) as nobody:
        assert nobody.get("/health/live").json() == {"status": "ok"}
        assert set(nobody.get("/health/ready").json()["checks"]) == {"database", "schema", "broker"}
        assert nobody.get("/health/status").status_code == 401
    told = ask("GET", "/health/status").json()
    assert told["tasks"]["open"]["in_progress"] >= 1
    assert "tasker_database_up 1.0" in ask("GET", "/metrics").text
    too_large = ask("POST", "/tasks", content=b"x" * (2_097_152 + 1))
    assert (too_large.status_code, too_large.json()["error"]) == (413, "Request Entity Too Large")


def the_document_is_shown(ask: Contract) -> None:
    document = ask("GET", "/openapi.json")
    assert document.json()["servers"] == [{"url": ask.client.base_url.path.rstrip("/")}]
    assert {call.name for call in CALLS} <= {
        said["operationId"]
        for path in document.json()["paths"].values()
        for said in path.values()
        if "operationId" in said
    }
    page = ask("GET", "/openapi")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert 'rel="stylesheet"' in page.text
    assert "color-scheme" in ask("GET", "/openapi.css").text


def handlers_are_shown(ask: Contract) -> None:
    assert len(ask("GET", "/handlers").json()["handlers"]) == 4
    assert len(ask("GET", "/handlers/shop", as_path="/handlers/<namespace>").json()["handlers"]) == 2
    shown = ask("GET", "/handlers/default/later", as_path="/handlers/<namespace>/<name>").json()["handler"]
    assert shown["schema"]["properties"] == {"number": {"type": "integer"}}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_closed_api_says_how_to_open_it_and_nothing_else(name: str, tmp_path: Any) -> None:
    with served(name, f"sqlite:///{tmp_path / 'closed.sqlite'}", SHOP_CLOSED="yes") as client:
        answers = [client.request(method, path) for method, path in (("GET", "/tasks"), ("POST", "/tasks"))]

    assert [response.status_code for response in answers] == [403, 403]
    assert all("tasker.authorize(callback)" in response.json()["message"] for response in answers)
