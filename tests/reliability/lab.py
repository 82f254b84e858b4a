"""An app with a database of its own, whose tasks are worked on when the test says so."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, Tasker, TaskHandler
from flask_tasker.engine import Runtime, Worker
from flask_tasker.engine.pace import Pace
from flask_tasker.extension import Operations, State
from flask_tasker.lifecycle import OPEN_TASK, StepMessage, StepRef
from flask_tasker.models import Task
from flask_tasker.testing import drain
from tests.reliability.eventually import eventually
from tests.reliability.records import TaskRecord, read_task


@dataclass
class Lab:
    """An app under test with its host's tables; ``engine`` looks at the rows from outside of it.

    The host has ``Entry``, a ledger in which a text may stand once.
    """

    app: Flask
    db: SQLAlchemy
    tasker: Tasker
    engine: sa.Engine
    Entry: type[Any]

    @property
    def state(self) -> State:
        """What the extension keeps of the app."""
        state: State = self.app.extensions["tasker"]
        return state

    @property
    def runtime(self) -> Runtime:
        """The engine's view of the app."""
        return self.state.runtime

    @property
    def operations(self) -> Operations:
        """What operators can do."""
        return Operations(self.state)

    def start(self, handler: type[TaskHandler[Any]], context: Any = None, **options: Any) -> int:
        """Start a task that is like no other, and give back its id."""
        with self.app.app_context():
            request = handler.request(context, initiator=uuid.uuid4().hex, **options)
            return self.tasker.create_task(request).task_id

    def message(self, handler: type[TaskHandler[Any]], task_id: int, *names: str) -> StepMessage:
        """That steps of a task are ready; all of them where none is named."""
        steps = self.task(task_id).steps
        refs = tuple(StepRef(steps[name].step_id, name) for name in names or steps)
        return StepMessage(task_id=task_id, handler=handler.key(), steps=refs)

    def knowing(self, handler: type[TaskHandler[Any]], *quick: str) -> Runtime:
        """A process that knows these steps to be quick, on however slow a machine."""
        pace = Pace(longest_wait=60, longest_chunk=60)
        for name in quick:
            pace.took(handler.key(), name, 0.0)
        return replace(self.runtime, pace=pace)

    def drain(self, *, retries: bool = False) -> int:
        """Work on all that is ready."""
        return drain(self.app, retries=retries)

    def run(self, handler: type[TaskHandler[Any]], context: Any = None, **options: Any) -> TaskRecord:
        """Start a task and work on it to its end, retries too."""
        task_id = self.start(handler, context, **options)
        self.drain(retries=True)
        return self.task(task_id)

    def run_by_worker(self, handler: type[TaskHandler[Any]], context: Any = None, **options: Any) -> TaskRecord:
        """Start a task and wait until the worker that runs meanwhile has brought it to its end."""
        task_id = self.start(handler, context, **options)
        eventually(lambda: self.task(task_id).status not in OPEN_TASK)
        return self.task(task_id)

    @property
    def open_tasks(self) -> int:
        """How many tasks have not come to their end."""
        with self.engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(Task).where(Task.status.in_(OPEN_TASK))
            return connection.execute(query).scalar_one()

    def task(self, task_id: int) -> TaskRecord:
        """The task as it is committed."""
        return read_task(self.engine, task_id)

    def execute(self, statement: str, **values: Any) -> None:
        """Change the rows from outside, and commit."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def write(self, text: str) -> None:
        """Write an entry in ``db.session``, as a handler does."""
        self.db.session.execute(sa.insert(self.Entry).values(text=text))

    @property
    def written(self) -> list[str]:
        """The entries that are committed."""
        with self.engine.connect() as connection:
            return sorted(connection.scalars(sa.select(self.Entry.text)))

    @contextmanager
    def draining(self) -> Iterator[threading.Thread]:
        """Work on what is ready in a thread of its own; the block ends once that has ended."""
        thread = threading.Thread(target=self.drain)
        thread.start()
        try:
            yield thread
        finally:
            thread.join(60)
            assert not thread.is_alive()

    @contextmanager
    def working(self, *, threads: int = 4) -> Iterator[Worker]:
        """A worker in this process."""
        worker = Worker(self.runtime, threads=threads)
        worker.start()
        try:
            yield worker
        finally:
            worker.stop()


@contextmanager
def lab_on(url: str, handlers: HandlerFactory, *, tracer_provider: Any = None, **config: Any) -> Iterator[Lab]:
    """An app on the empty database at ``url``, with the tables."""
    app, db = Flask("lab"), SQLAlchemy()
    # Nobody looks at pages here, and their routes take as long to make as many a test.
    app.config.update({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True, "TASKER_DASHBOARD": False})
    app.config.update({"TASKER_SWEEP_SECONDS": 0.05, **config})
    db.init_app(app)
    tasker = Tasker(app, handlers=handlers, tracer_provider=tracer_provider)
    lab = Lab(app, db, tasker, sa.create_engine(url), _entries(db, url))
    with app.app_context():
        db.create_all()
    try:
        yield lab
    finally:
        _dispose(lab)


def _entries(db: SQLAlchemy, url: str) -> type[Any]:
    # PostgreSQL looks at a deferred constraint only when the transaction commits; SQLite has none for UNIQUE.
    deferred: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"} if url.startswith("postgresql") else {}

    class Entry(db.Model):  # type: ignore[name-defined, misc]
        __tablename__ = "entries"
        __table_args__ = (sa.UniqueConstraint("text", name="uq_entries_text", **deferred),)
        id = sa.Column(sa.Integer, primary_key=True)
        text = sa.Column(sa.Text, nullable=False)

    return Entry


def _dispose(lab: Lab) -> None:
    lab.runtime.database.engine.dispose()
    if lab.runtime.database.swift is not None:
        lab.runtime.database.swift.dispose()
    with lab.app.app_context():
        lab.db.engine.dispose()
    lab.engine.dispose()
