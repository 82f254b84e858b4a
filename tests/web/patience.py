"""An app whose API has little patience with its database, and what it answers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, StepRun, Tasker, TaskHandler, TaskRequest, step, task_handler

SECONDS = 2.0
MORE = 4.0
"""How much longer than its patience a request may take: other tests may have the machine."""
TRIES = 10
"""How often a call is made that is refused for want of time, as a client would that heeds ``Retry-After``."""
REFUSED = {"status": 503, "error": "Service Unavailable"}


@dataclass(frozen=True)
class Answer:
    """What a call was answered, and after how many seconds."""

    status: int
    body: Any
    retry_after: str | None
    took: float


@dataclass(frozen=True)
class Patient:
    """The app, with a task that has one step."""

    app: Flask
    task_id: int

    def ask(self, *calls: tuple[str, str]) -> list[Answer]:
        """Make the calls all at once."""
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(self._ask, calls))

    def served(self, *calls: tuple[str, str]) -> list[Answer]:
        """Make the calls all at once, and those again that are refused for now; each is at last as it should be."""
        with ThreadPoolExecutor(len(calls)) as pool:
            answers = list(pool.map(self._patiently, calls))
        assert {answer.status for answer in answers} <= {200, 201}
        return answers

    def everything(self) -> Sequence[tuple[str, str]]:
        """Calls that read, and one that writes."""
        task = f"/tasker/tasks/{self.task_id}"
        reading = ("/tasker/tasks", task, f"{task}/workflow_steps", "/tasker/health/status")
        return [*(("GET", path) for path in reading), ("POST", "/tasker/tasks")]

    def _patiently(self, call: tuple[str, str]) -> Answer:
        for _ in range(TRIES):
            answer = self._ask(call)
            if answer.status != 503:
                break
        return answer

    def _ask(self, call: tuple[str, str]) -> Answer:
        method, path = call
        body = {"task": {"name": "copy", "initiator": uuid.uuid4().hex}} if method == "POST" else None
        begun = time.monotonic()
        response = self.app.test_client().open(path, method=method, json=body)
        took = time.monotonic() - begun
        return Answer(response.status_code, response.get_json(), response.headers.get("Retry-After"), took)


@contextmanager
def patient_app(url: str, *, act: Callable[[], object] = lambda: None, **config: Any) -> Iterator[Patient]:
    """An app on the empty database at ``url``, with the tables; the step of its tasks does ``act``."""
    app = Flask("patient")
    app.config.update(
        {"SQLALCHEMY_DATABASE_URI": url, "TESTING": True, "TASKER_HTTP_TIMEOUT_SECONDS": SECONDS, **config}
    )
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=_handlers(act))
    with app.app_context():
        db.create_all()
        task_id = tasker.create_task(TaskRequest(name="copy")).task_id
    try:
        yield Patient(app, task_id)
    finally:
        with app.app_context():
            db.engine.dispose()


def assert_refused_in_time(answers: Sequence[Answer], seconds: float = SECONDS) -> None:
    """Each is a 503 that says when to come again, and came in time."""
    assert [(answer.status, answer.body) for answer in answers] == [(503, REFUSED)] * len(answers)
    assert {answer.retry_after for answer in answers} == {str(round(seconds))}
    assert max(answer.took for answer in answers) < seconds + MORE


def _handlers(act: Callable[[], object]) -> HandlerFactory:
    factory = HandlerFactory()

    @task_handler("copy", factory=factory)
    class Copy(TaskHandler[Any]):
        @step
        def only(self, run: StepRun[Any]) -> None:
            act()

    return factory
