"""The API of a real app: created over HTTP, worked on, and seen over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import (
    Annotation,
    HandlerFactory,
    PermanentError,
    StepRun,
    StepSequence,
    Tasker,
    TaskHandler,
    step,
    task_handler,
)
from flask_tasker.testing import drain
from tests.web.conforming import conforming

SCHEMA = {"type": "object", "required": ["dummy"], "properties": {"dummy": {"type": "boolean"}}}


def handlers() -> HandlerFactory:
    """Three handlers of their own for each app."""
    factory = HandlerFactory()

    @task_handler("dummy_task", dependent_system="dummy-system", schema=SCHEMA, factory=factory)
    class Dummy(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {"dummy": run.context["dummy"]}

        @step(depends_on=one, skippable=True)
        def two(self, run: StepRun[Any]) -> Any:
            return {"attempt": run.attempt}

        @step(depends_on=[one, two])
        def three(self, run: StepRun[Any]) -> Any:
            return {"inputs": run.inputs}

        def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
            return [Annotation(type="dummy-annotation", data={"seen": True})]

    @task_handler("failing_task", factory=factory)
    class Failing(TaskHandler[Any]):
        @step
        def only(self, run: StepRun[Any]) -> Any:
            raise PermanentError("the card was refused")

    return factory


@pytest.fixture
def app(database_url: str) -> Iterable[Flask]:
    app = Flask(__name__)
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=database_url)
    db = SQLAlchemy(app)
    Tasker(app, handlers=handlers())
    with app.app_context():
        db.create_all()
    yield conforming(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def post(client: FlaskClient, **task: Any) -> Any:
    return client.post("/tasker/tasks", json={"task": {"name": "dummy_task", "context": {"dummy": True}, **task}})


def shown(client: FlaskClient, created: Any) -> Any:
    return client.get(f"/tasker/tasks/{created.get_json()['task']['task_id']}").get_json()["task"]


def test_a_created_task_waits_and_is_complete_once_its_steps_have_run(app: Flask, client: FlaskClient) -> None:
    created = post(client, tags=["red"], initiator="checkout")
    new = created.get_json()["task"]
    assert (created.status_code, new["status"], new["percent_complete"]) == (201, "pending", 0)
    assert (new["full_name"], new["initiator"], new["tags"]) == ("default/dummy_task@0.1.0", "checkout", ["red"])
    drain(app)
    task = shown(client, created)
    assert (task["status"], task["complete"], task["percent_complete"]) == ("complete", True, 100)
    assert [step["results"] for step in task["workflow_steps"]] == [
        {"dummy": True},
        {"attempt": 1},
        {"inputs": {"dummy": True}},
    ]


def test_a_step_that_has_run_says_when_and_how_often(app: Flask, client: FlaskClient) -> None:
    created = post(client)
    drain(app)
    one = shown(client, created)["workflow_steps"][0]
    assert (one["attempts"], one["processed"], one["in_process"], one["next_attempt_at"]) == (1, True, False, None)
    times = [datetime.strptime(one[key], "%Y-%m-%dT%H:%M:%S.%fZ") for key in ("last_attempted_at", "processed_at")]  # noqa: DTZ007
    assert times == sorted(times)


def test_each_completed_step_leaves_its_annotation(app: Flask, client: FlaskClient) -> None:
    created = post(client)
    drain(app)
    notes = shown(client, created)["task_annotations"]
    assert [(note["annotation_type_name"], note["annotation"]) for note in notes] == [
        ("dummy-annotation", {"seen": True})
    ] * 3


def test_a_bypassed_step_is_skipped_and_its_children_run(app: Flask, client: FlaskClient) -> None:
    created = post(client, bypass_steps=["two"])
    assert created.get_json()["task"]["bypass_steps"] == ["two"]
    drain(app)
    task = shown(client, created)
    assert [step["status"] for step in task["workflow_steps"]] == ["complete", "skipped", "complete"]
    assert (task["status"], task["percent_complete"]) == ("complete", 100)


@pytest.mark.parametrize(
    ("names", "message"),
    [(["nothing"], "'nothing' is not a step of dummy_task"), (["one"], "'one' is not skippable")],
)
def test_what_cannot_be_bypassed_is_refused(client: FlaskClient, names: list[str], message: str) -> None:
    response = post(client, bypass_steps=names)
    assert (response.status_code, response.get_json()) == (400, {"error": {"bypass_steps": [message]}})
    assert client.get("/tasker/tasks").get_json() == {"tasks": []}


def test_a_failed_step_has_its_message_in_error_and_no_results(app: Flask, client: FlaskClient) -> None:
    created = post(client, name="failing_task")
    drain(app)
    task = shown(client, created)
    (only,) = task["workflow_steps"]
    assert (task["status"], task["complete"], task["percent_complete"]) == ("error", False, 0)
    assert (only["status"], only["results"], only["processed"]) == ("error", None, False)
    assert "the card was refused" in only["error"]


def test_two_faults_of_a_context_are_two_messages(client: FlaskClient) -> None:
    response = post(client, context={"bad_param": True, "dummy": 12})
    (messages,) = response.get_json()["error"].values()
    assert (response.status_code, list(response.get_json()["error"])) == (400, ["context"])
    assert len(messages) == 2
    assert any("bad_param" in message for message in messages)
    assert any("dummy" in message for message in messages)


@pytest.mark.parametrize("context", [{}, None])
def test_a_missing_property_is_reported_once(client: FlaskClient, context: Any) -> None:
    response = post(client, context=context)
    (message,) = response.get_json()["error"]["context"]
    assert (response.status_code, "dummy" in message) == (400, True)


@pytest.mark.parametrize("field", ["reason", "initiator", "source_system"])
def test_a_text_over_128_characters_is_refused_by_name(client: FlaskClient, field: str) -> None:
    assert post(client, **{field: "ü" * 128}).status_code == 201
    response = post(client, **{field: "ü" * 129})
    assert (response.status_code, list(response.get_json()["error"])) == (400, [field])


@pytest.mark.parametrize("field", ["reason", "initiator", "source_system", "tags", "bypass_steps", "name"])
def test_text_that_a_database_cannot_hold_is_refused_by_name(client: FlaskClient, field: str) -> None:
    for text in ("\x00", "\ud800"):
        response = post(client, **{field: [text] if field in ("tags", "bypass_steps") else text})
        assert (response.status_code, list(response.get_json()["error"])) == (400, [field])


def test_an_unknown_handler_is_refused_by_name(client: FlaskClient) -> None:
    response = post(client, name="other")
    assert (response.status_code, response.get_json()) == (400, {"error": {"name": ["No task handler for other"]}})


def test_the_same_request_with_other_tags_is_a_conflict(client: FlaskClient) -> None:
    # The first pair may stand on both sides of a minute's end, where two are right; the next cannot.
    answers = [post(client, reason=f"round {number}", tags=[str(n)]) for number in range(2) for n in range(2)]
    conflicts = [response.get_json() for response in answers if response.status_code == 409]
    assert conflicts[:1] == [{"error": {"identity_hash": ["is identical to a request made in the last minute"]}}]


def test_fifty_identical_requests_at_once_make_one_task(app: Flask) -> None:
    def ask(_number: int) -> int:
        status: int = post(app.test_client()).status_code
        return status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(ask, range(50)))
    tasks = app.test_client().get("/tasker/tasks?limit=100").get_json()["tasks"]
    assert set(statuses) == {201, 409}
    minutes = {task["requested_at"][:16] for task in tasks}
    assert len(tasks) == len(minutes) == statuses.count(201)


def test_a_callback_set_on_the_tasker_decides(database_url: str) -> None:
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url, TASKER_EMBEDDED=False)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=handlers())
    with app.app_context():
        db.create_all()
    client = app.test_client()
    assert client.get("/tasker/tasks").status_code == 403
    with app.app_context():
        tasker.authorize(lambda permission, _resource: permission == "tasker.task:index")
    assert client.get("/tasker/tasks").status_code == 200
    assert client.get("/tasker/tasks/1").status_code == 403
    with app.app_context():
        db.engine.dispose()


def test_the_prefix_is_the_setting(database_url: str) -> None:
    app = Flask(__name__)
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=database_url, TASKER_URL_PREFIX="/jobs/queue/")
    db = SQLAlchemy(app)
    Tasker(app, handlers=handlers())
    with app.app_context():
        db.create_all()
    client = app.test_client()
    assert client.get("/jobs/queue/tasks").get_json() == {"tasks": []}
    assert client.get("/jobs/queue/nothing").get_json() == {"status": 404, "error": "Not Found"}
    assert client.get("/tasker/tasks").mimetype == "text/html"
    with app.app_context():
        db.engine.dispose()
