"""An app full of tasks, served as a browser meets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, Tasker, TaskRequest
from flask_tasker.models import NamedTask, Task, WorkflowStep
from flask_tasker.testing import drain
from tests.browser.handlers import LARGE
from tests.fuzz.serving import served

UI: Final = "/tasker/ui/"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The app, where it is, and short ways to its tasks."""

    app: Flask
    tasker: Tasker
    engine: sa.Engine
    url: str
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def home(self) -> str:
        """The address of the dashboard."""
        return f"{self.url}{UI}"

    def start(self, name: str, context: Any = None, **options: Any) -> int:
        """Start a task that no other is like, and give its id."""
        wanted = {"initiator": f"test {next(self._numbers)}", "context": context or {}, **options}
        with self.app.app_context():
            return self.tasker.create_task(TaskRequest(name=name, **wanted)).task_id

    def work(self) -> None:
        """Do all that is ready."""
        drain(self.app)

    def worked(self, name: str, context: Any = None, **options: Any) -> int:
        """Start a task, and do what is ready of it."""
        task_id = self.start(name, context, **options)
        self.work()
        return task_id

    def task_in(self, status: str) -> int:
        """The first task in a state that is not large."""
        tasks = sa.select(sa.func.min(Task.task_id)).join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        return int(self._one(tasks.where(Task.status == status, NamedTask.name.not_in(LARGE))))

    def only(self, name: str) -> int:
        """The one task of a handler."""
        ids = sa.select(Task.task_id).join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        return int(self._one(ids.where(NamedTask.name == name)))

    def task_of(self, step_id: int) -> int:
        """The task of a step."""
        return int(self._one(sa.select(WorkflowStep.task_id).where(WorkflowStep.workflow_step_id == step_id)))

    def step_in(self, status: str) -> int:
        """The first step in a state."""
        ids = sa.select(sa.func.min(WorkflowStep.workflow_step_id))
        return int(self._one(ids.where(WorkflowStep.status == status)))

    def step(self, task_id: int, name: str) -> int:
        """A step of a task."""
        ids = sa.select(WorkflowStep.workflow_step_id).where(WorkflowStep.task_id == task_id, WorkflowStep.name == name)
        return int(self._one(ids))

    def number(self, status: str) -> int:
        """How many tasks are in a state."""
        return int(self._one(sa.select(sa.func.count()).where(Task.status == status)))

    def status(self, task_id: int) -> str:
        """The state of a task."""
        return str(self._one(sa.select(Task.status).where(Task.task_id == task_id)))

    def step_status(self, step_id: int) -> str:
        """The state of a step."""
        return str(self._one(sa.select(WorkflowStep.status).where(WorkflowStep.workflow_step_id == step_id)))

    def endpoint(self, path: str, *, method: str = "GET") -> str:
        """The name of what answers at an address of the dashboard."""
        endpoint, _ = self.app.url_map.bind("").match(path, method=method)
        return str(endpoint).rpartition(".")[2]

    def _one(self, statement: sa.Select[Any]) -> Any:
        with self.engine.connect() as connection:
            return connection.scalars(statement).one()


@contextmanager
def stage_in(folder: Path, factory: HandlerFactory, **config: Any) -> Iterator[Stage]:
    """On SQLite, in testing, without tasks; nothing works on them by itself."""
    url = f"sqlite:///{folder / 'browser.sqlite'}"
    app = Flask("browser")
    # Who shares the machine may keep a request waiting for longer than users would: that is no fault of its.
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=url, TASKER_HTTP_TIMEOUT_SECONDS=120, **config)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=factory)
    with app.app_context():
        db.create_all()
        engine = db.engine
    with served(app) as address:
        yield Stage(app=app, tasker=tasker, engine=engine, url=address)
    engine.dispose()
