"""Who may do what, made from the document: every operation, and every answer that a callback may give."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import Access, Tasker
from flask_tasker.web.access import Authorize
from tests.fuzz.handlers import handlers
from tests.servers import fresh_database
from tests.web.conforming import conforming
from tests.web.documented import Operation, operations

OPERATIONS = [operation for operation in operations() if operation.permission is not None]
ANN = Access(actor="ann", owner="ann", scope="ann")
BOB = Access(actor="bob", owner="bob", scope="bob")
OF_ONE_TASK = [operation for operation in OPERATIONS if "task_id" in operation.names]


@dataclass
class Guard:
    """A callback that gives one answer, and remembers what it was asked for."""

    answer: Access | bool | None
    asked: list[str] = field(default_factory=list)

    def __call__(self, permission: str, _resource: Any) -> Access | bool | None:
        self.asked.append(permission)
        return self.answer


@dataclass
class Stage:
    """A real app outside debug and testing, in which nothing works on the tasks; every task is Ann's."""

    app: Flask

    def guarded_by(self, callback: Authorize | None) -> None:
        """Let this callback decide."""
        self.app.extensions["tasker"].authorize = callback

    def ask(self, operation: Operation) -> Any:
        """Make a request as the document has it, about a task of Ann's and its first step."""
        task_id, step_id = self.task()
        values = {"task_id": task_id, "step_id": step_id, "namespace": "default", "name": "sync_order"}
        url = operation.url(**{name: values[name] for name in operation.names})
        return self.app.test_client().open(url, method=operation.method, json=operation.body)

    def task(self) -> tuple[int, int]:
        """The ids of a new task of Ann's and of its first step."""
        callback = self.app.extensions["tasker"].authorize
        self.guarded_by(lambda _permission, _resource: ANN)
        new = {"name": "sync_order", "context": {"order_id": 1}, "initiator": uuid.uuid4().hex}
        task = self.app.test_client().post("/tasker/tasks", json={"task": new}).get_json()["task"]
        self.guarded_by(callback)
        return task["task_id"], task["workflow_steps"][0]["workflow_step_id"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('matrix') / 'tasker.sqlite'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))
        app = conforming(Flask(__name__))
        app.config.update(SQLALCHEMY_DATABASE_URI=url, TASKER_EMBEDDED=False)
        db = SQLAlchemy(app)
        Tasker(app, handlers=handlers())
        with app.app_context():
            db.create_all()
        yield Stage(app)
        with app.app_context():
            db.engine.dispose()


def named(operation: Operation) -> str:
    return operation.id


def wanted(operation: Operation) -> list[str | None]:
    """What the callback is asked for; a bulk verb needs the permission of what it does as well."""
    of_action = operation.said.get("x-required-permission-of-action")
    return [operation.permission, *([of_action[operation.body["action"]]] if of_action else [])]


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_without_a_callback_every_call_is_closed_and_says_what_opens_it(stage: Stage, operation: Operation) -> None:
    stage.guarded_by(None)
    response = stage.ask(operation)
    assert response.status_code == 403
    assert "tasker.authorize(callback)" in response.get_json()["message"]


@pytest.mark.parametrize(
    ("answer", "status", "error"), [(None, 401, "Unauthorized"), (False, 403, "Forbidden")], ids=["unknown", "denied"]
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_who_is_unknown_or_denied_is_told_nothing_else(
    stage: Stage, operation: Operation, answer: bool | None, status: int, error: str
) -> None:
    guard = Guard(answer)
    stage.guarded_by(guard)
    response = stage.ask(operation)
    assert (response.status_code, response.get_json()) == (status, {"status": status, "error": error})
    assert guard.asked == [operation.permission]


@pytest.mark.parametrize("answer", [True, ANN], ids=["everything", "their own"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_who_is_allowed_is_let_in_and_asked_for_exactly_what_the_document_says(
    stage: Stage, operation: Operation, answer: Access | bool
) -> None:
    guard = Guard(answer)
    stage.guarded_by(guard)
    response = stage.ask(operation)
    if operation.permission in {"tasker.health_status:show", "tasker.metrics:show"} and answer is ANN:
        # It tells of everybody's tasks.
        assert response.status_code == 403
    else:
        # A verb may be refused by the state, and a task as a twin of another.
        assert response.status_code in {200, 201, 409}
    assert guard.asked == wanted(operation)


@pytest.mark.parametrize("operation", OF_ONE_TASK, ids=named)
def test_what_is_out_of_scope_is_not_there(stage: Stage, operation: Operation) -> None:
    guard = Guard(BOB)
    stage.guarded_by(guard)
    response = stage.ask(operation)
    assert (response.status_code, response.get_json()) == (404, {"status": 404, "error": "Not Found"})
    assert guard.asked == [operation.permission]


def test_lists_counts_and_bulk_verbs_leave_out_what_is_out_of_scope(stage: Stage) -> None:
    task_id, _ = stage.task()
    client = stage.app.test_client()
    bulk = {"action": "cancel", "filters": {"task_ids": [task_id]}}
    stage.guarded_by(Guard(Access(scope="nobody")))
    listing = client.get("/tasker/tasks?count=true")
    assert (listing.get_json(), listing.headers["X-Total-Count"]) == ({"tasks": []}, "0")
    assert client.post("/tasker/tasks/bulk", json=bulk).get_json()["count"] == 0
    stage.guarded_by(Guard(ANN))
    assert int(client.get("/tasker/tasks?count=true").headers["X-Total-Count"]) > 0
    assert client.post("/tasker/tasks/bulk", json=bulk).get_json()["task_ids"] == [task_id]


@pytest.mark.parametrize(("action", "permission"), [("cancel", "tasker.task:destroy"), ("retry", "tasker.task:retry")])
def test_a_bulk_verb_needs_the_permission_of_its_action_too(stage: Stage, action: str, permission: str) -> None:
    (bulk,) = [operation for operation in OPERATIONS if operation.id == "bulk_tasks"]
    assert bulk.said["x-required-permission-of-action"][action] == permission
    task_id, _ = stage.task()
    stage.guarded_by(lambda asked, _resource: asked == bulk.permission)
    body = {"action": action, "filters": {"task_ids": [task_id]}}
    assert stage.app.test_client().post(bulk.url(), json=body).status_code == 403
    assert seen(stage, task_id)["task"]["status"] == "pending"


def test_what_was_refused_has_changed_nothing(stage: Stage) -> None:
    task_id, step_id = stage.task()
    before = seen(stage, task_id)
    for answer in (None, False, BOB):
        stage.guarded_by(Guard(answer))
        for operation in OF_ONE_TASK:
            url = operation.url(**{name: {"task_id": task_id, "step_id": step_id}[name] for name in operation.names})
            stage.app.test_client().open(url, method=operation.method, json=operation.body)
    assert seen(stage, task_id) == before


def test_every_permission_is_one_of_those_that_are_promised() -> None:
    tasks = {"index", "show", "create", "update", "destroy", "retry", "bulk"}
    steps = {"index", "show", "update", "destroy", "retry", "skip", "resolve"}
    promised = {f"tasker.task:{verb}" for verb in tasks} | {f"tasker.workflow_step:{verb}" for verb in steps}
    nouns = ("handler", "annotation_type", "transition", "health_status", "metrics", "openapi", "dashboard")
    promised |= {f"tasker.{noun}:{verb}" for noun in nouns for verb in ("show", "index")}
    asked = {operation.permission for operation in OPERATIONS}
    assert asked <= promised
    assert {name for name in promised if name.startswith(("tasker.task:", "tasker.workflow_step:"))} <= asked


def seen(stage: Stage, task_id: int) -> Any:
    stage.guarded_by(Guard(ANN))
    return stage.app.test_client().get(f"/tasker/tasks/{task_id}").get_json()
