"""A whole app on each database, asked over HTTP by someone who may be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import (
    Access,
    Annotation,
    HandlerFactory,
    PermanentError,
    StepRun,
    StepSequence,
    Tasker,
    TaskHandler,
    TaskRequest,
    step,
    task_handler,
)
from flask_tasker.engine import Catalogue, create_tasks
from flask_tasker.testing import drain
from tests.servers import fresh_database
from tests.web.conforming import conforming
from tests.web.rows import delete_rows

P = "/tasker"
UNHURRIED = 120.0
"""Seconds. Fifty clients at once, with other tests beside them, may wait longer than users would."""


def shop() -> HandlerFactory:
    """``copy``: one, then two (skippable) and three, then four; ``refused``: fails for good, then a child."""
    factory = HandlerFactory()

    @task_handler("copy", namespace="shop", version="1.9", dependent_system="shop", factory=factory)
    class Old(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {}

    @task_handler("copy", namespace="shop", version="1.10", dependent_system="shop", factory=factory)
    class Copy(TaskHandler[Any]):
        """Copy an order."""

        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {"inputs": run.inputs}

        @step(depends_on=one, skippable=True)
        def two(self, run: StepRun[Any]) -> Any:
            return {}

        @step(depends_on=one, dependent_system="ledger")
        def three(self, run: StepRun[Any]) -> Any:
            return {}

        @step(depends_on=[two, three])
        def four(self, run: StepRun[Any]) -> Any:
            return {}

        def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
            if not sequence.complete():
                return []
            return [Annotation("ledger", {"page": 7, "kept": True, "by": "three", 'odd"key': "odd"}, step="one")]

    @task_handler("refused", factory=factory)
    class Refused(TaskHandler[Any]):
        @step
        def first(self, run: StepRun[Any]) -> Any:
            if run.inputs.get("good"):
                return {"good": True}
            raise PermanentError("the card was refused")

        @step(depends_on=first)
        def second(self, run: StepRun[Any]) -> Any:
            return run.result(self.first)

    return factory


@dataclass
class Desk:
    """An app, someone at it, and short ways to ask.

    Attributes:
        access: who asks, and what they may see; ``asked`` are the permissions that were asked for.
    """

    app: Flask
    client: FlaskClient
    access: Access | bool | None = True
    asked: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def authorize(self, permission: str, _resource: Any) -> Access | bool | None:
        """The callback."""
        self.asked.append(permission)
        return self.access

    def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        """Ask; gives the status and the body."""
        response = self.client.open(f"{P}{path}", method=method, json=json, **options)
        return response.status_code, response.get_json()

    def start(self, name: str = "copy", *, namespace: str | None = None, **task: Any) -> int:
        """Start a task, and give its id."""
        space = namespace or ("shop" if name == "copy" else "default")
        body = {"task": {"name": name, "namespace": space, "context": {"number": next(self._numbers)}, **task}}
        status, answer = self("POST", "/tasks", body)
        assert status == 201, answer
        task_id: int = answer["task"]["task_id"]
        return task_id

    def start_many(self, number: int, *, tag: str = "many") -> list[int]:
        """Start so many tasks together, by a process that remembers the kind as it does outside of tests."""
        runtime = replace(self.app.extensions["tasker"].runtime, catalogue=Catalogue(remember=True))
        contexts = [{"many": next(self._numbers)} for _ in range(number)]
        requests = [TaskRequest(name="copy", namespace="shop", context=one, tags=(tag,)) for one in contexts]
        with self.app.app_context():
            return [task.task_id for task in create_tasks(runtime, requests)]

    @property
    def is_postgresql(self) -> bool:
        """On which of the two databases."""
        return str(self.app.config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql")

    def drain(self) -> None:
        """Work on all that is ready."""
        drain(self.app)

    def task(self, task_id: int) -> Any:
        """A task, as it is shown."""
        return self("GET", f"/tasks/{task_id}")[1]["task"]

    def step(self, task_id: int, name: str) -> Any:
        """A step, as it is shown."""
        return next(step for step in self.task(task_id)["workflow_steps"] if step["name"] == name)

    def ids(self, query: str) -> list[int]:
        """The ids of a list of tasks."""
        status, answer = self("GET", f"/tasks?{query}")
        assert status == 200, answer
        return [task["task_id"] for task in answer["tasks"]]


@contextmanager
def desk_on(database_url: str, **config: Any) -> Iterator[Desk]:
    """On an empty database."""
    app = conforming(Flask(__name__))
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=database_url, TASKER_HTTP_TIMEOUT_SECONDS=UNHURRIED)
    app.config.update(config)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=shop())
    with app.app_context():
        db.create_all()
        desk = Desk(app, app.test_client())
        tasker.authorize(desk.authorize)
    yield desk
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lasting_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL, for all tests of a process: tables take longer to make than most tests."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('http') / 'tasker.sqlite'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))
        yield stack.enter_context(desk_on(url))


@pytest.fixture
def desk(lasting_desk: Desk) -> Iterator[Desk]:
    """The same without rows, with everything allowed; what a test changes of the app is undone."""
    state = lasting_desk.app.extensions["tasker"]
    delete_rows(state.runtime.database.engine)
    lasting_desk.access = True
    lasting_desk.asked.clear()
    runtime, authorize, handlers = state.runtime, state.authorize, state.handlers._definitions
    yield lasting_desk
    state._runtime, state.authorize, state.handlers._definitions = runtime, authorize, handlers
