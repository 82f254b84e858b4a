"""The client against a real app, over WSGI."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import (
    Annotation,
    HandlerFactory,
    PermanentError,
    StepRun,
    StepTemplate,
    Tasker,
    TaskHandler,
    step,
    task_handler,
)
from flask_tasker.client import BadRequestError, ForbiddenError, NotFoundError, TaskerClient, TaskTimeoutError
from flask_tasker.testing import drain

STEPS = 120
"""More than the server gives out on one page."""


class Idle:
    """A step's handler in the original engine's form, which suits graphs that a loop builds."""

    def handle(self, task: Any, sequence: Any, step: Any) -> None:
        """Do nothing."""


def handlers() -> HandlerFactory:
    factory = HandlerFactory()

    @task_handler("copy", dependent_system="shop", factory=factory)
    class Copy(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {"order": run.context["order"]}

        @step(depends_on=one, skippable=True, dependent_system="ledger")
        def two(self, run: StepRun[Any]) -> Any:
            raise PermanentError("no ledger")

        def update_annotations(self, sequence: Any) -> Any:
            return [Annotation(type="seen", data={"steps": len(list(sequence.complete()))})]

    @task_handler("many", factory=factory)
    class Many(TaskHandler[Any]):
        step_templates = tuple(StepTemplate(name=f"step-{number}", handler_class=Idle) for number in range(STEPS))

    return factory


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = Flask(__name__)
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'tasker.sqlite'}")
    db = SQLAlchemy(app)
    Tasker(app, handlers=handlers())
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Iterator[TaskerClient]:
    def work(_seconds: float) -> None:
        drain(app)

    with TaskerClient("http://shop.test/tasker", transport=httpx.WSGITransport(app), sleep=work) as client:
        yield client


def test_a_task_is_created_waited_for_and_read(client: TaskerClient) -> None:
    created = client.create("copy", context={"order": 7}, initiator="ada", reason="paid", tags=["red"])
    assert (created.status, created.percent_complete) == ("pending", 0)
    assert (created.initiator, created.reason, created.tags) == ("ada", "paid", ("red",))
    done = client.wait(created.task_id, timeout=30)
    assert (done.status, done.context, done.full_name) == ("error", {"order": 7}, "default/copy@0.1.0")
    assert done.step("one").results == {"order": 7}
    failed = done.step("two")
    assert (failed.status, failed.dependent_system, failed.depends_on_step_ids) == (
        "error",
        "ledger",
        (done.step("one").workflow_step_id,),
    )
    assert "no ledger" in (failed.error or "")
    assert [note.annotation for note in done.task_annotations][:1] == [{"steps": 1}]
    assert client.get(created.task_id) == done


def test_moments_of_the_server_are_now(client: TaskerClient) -> None:
    created = client.create("copy", context={"order": 7})
    assert created.requested_at is not None
    assert abs(datetime.now(UTC) - created.requested_at) < timedelta(minutes=5)


def test_a_bypassed_step_is_skipped(client: TaskerClient) -> None:
    created = client.create("copy", context={"order": 7}, bypass_steps=["two"])
    assert created.bypass_steps == ("two",)
    assert client.wait(created.task_id, timeout=30).complete


def test_a_task_that_nobody_works_on_is_not_final_in_time(client: TaskerClient) -> None:
    created = client.create("copy", context={"order": 7})
    with pytest.raises(TaskTimeoutError) as caught:
        client.wait(created.task_id, timeout=0)
    assert caught.value.task == created


def test_a_step_is_the_same_alone_and_in_the_list(client: TaskerClient) -> None:
    created = client.create("copy", context={"order": 7})
    first = created.workflow_steps[0]
    assert client.step(created.task_id, first.workflow_step_id) == first
    assert tuple(client.steps(created.task_id)) == created.workflow_steps


def test_all_steps_of_a_wide_task_are_listed(client: TaskerClient) -> None:
    created = client.create("many")
    assert [one.name for one in client.steps(created.task_id)] == [f"step-{number}" for number in range(STEPS)]


def test_tasks_are_listed_in_the_order_asked_for(client: TaskerClient) -> None:
    made = [client.create("copy", context={"order": number}).task_id for number in range(3)]
    assert [one.task_id for one in client.tasks(sort_order="desc")] == made[::-1]


def test_faults_of_a_request_are_told_by_field(client: TaskerClient) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.create("copy", reason="x" * 129)
    assert list(caught.value.faults) == ["reason"]
    with pytest.raises(BadRequestError, match="No task handler for nobody"):
        client.create("nobody")


def test_what_is_not_there_is_not_found(client: TaskerClient) -> None:
    with pytest.raises(NotFoundError):
        client.get(99)
    with pytest.raises(NotFoundError):
        list(client.steps(99))


def test_an_app_that_lets_nobody_in_forbids(app: Flask, client: TaskerClient) -> None:
    app.testing = False
    with pytest.raises(ForbiddenError):
        client.get(1)
