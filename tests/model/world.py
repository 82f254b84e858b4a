"""One app with the real engine on a real database, and what surrounds it in a test's hand: clock, broker, faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, Tasker, TaskHandler, TaskRequest, task_handler
from flask_tasker.engine import Runtime
from flask_tasker.engine.groups import Groups
from flask_tasker.engine.holdings import Holdings
from flask_tasker.engine.pace import Pace
from flask_tasker.extension import State
from flask_tasker.lifecycle import StepMessage
from flask_tasker.models import NamedTask, Task, WorkflowStep
from flask_tasker.typing import HandlerKey
from tests.model.clock import START, MovableClock
from tests.model.faults import Faults
from tests.model.graphs import Graph, templates
from tests.model.pace import SettledPace
from tests.model.rows import Rows, read_rows


@dataclass
class World:
    """Everything that a history happens to.

    Attributes:
        runtime: the engine of a process that knows every handler.
        ignorant: the engine of a process that knows none, as in the middle of a deploy.
        sent: every message that was ever sent or left to a timer; none is delivered but by a rule.
        calls: how often the code of each step ran.
        pace: how long steps took, in whichever process.
    """

    app: Flask
    runtime: Runtime
    db: SQLAlchemy
    ledger: sa.Table
    factory: HandlerFactory
    clock: MovableClock
    faults: Faults
    sent: list[StepMessage] = field(default_factory=list)
    calls: Counter[int] = field(default_factory=Counter)
    pace: Pace = field(default_factory=SettledPace)

    @property
    def ignorant(self) -> Runtime:
        """A process in which no handler is registered."""
        return self.process(handlers=HandlerFactory())

    def process(self, *, handlers: HandlerFactory | None = None, stops: bool = False) -> Runtime:
        """Another worker process."""
        known = self.factory if handlers is None else handlers
        return replace(
            self.runtime, handlers=known, holdings=Holdings(), groups=Groups(), pace=self.pace, stopping=lambda: stops
        )

    def define(self, number: int, graph: Graph) -> type[TaskHandler]:
        """Register a handler of this graph, in the place of the one that had the number before."""
        listed = templates(graph, ledger=self.ledger, called=lambda step_id: self.calls.update([step_id]))
        handler = type("Drawn", (TaskHandler,), {"step_templates": listed})
        return task_handler(f"drawn-{number}", factory=self.factory)(handler)

    def send(self, messages: Sequence[StepMessage]) -> None:
        """The broker: keeps what it is given."""
        self.faults.sending()
        self.sent.extend(messages)

    def rows(self) -> Rows:
        """All rows as they stand."""
        return read_rows(self.runtime.database, self.ledger)

    def step_kinds(self) -> list[tuple[int, str, HandlerKey]]:
        """Key, name and handler of every step."""
        query = (
            sa.select(
                WorkflowStep.workflow_step_id, WorkflowStep.name, NamedTask.namespace, NamedTask.name, NamedTask.version
            )
            .join(Task, Task.task_id == WorkflowStep.task_id)
            .join(NamedTask, NamedTask.named_task_id == Task.named_task_id)
        )
        rows = self.runtime.database.read(lambda connection: connection.execute(query).all())
        return [(step_id, name, (space, task, version)) for step_id, name, space, task, version in rows]

    def reset(self) -> None:
        """Begin anew: no row, no message, the clock at its start."""
        self.sent.clear()
        self.calls.clear()
        self.clock.moment = START
        with self.runtime.database.engine.begin() as connection:
            for table in reversed(self.db.metadata.sorted_tables):
                connection.execute(table.delete())


def request_of(handler: type[TaskHandler], *, number: int, bypass: Sequence[str]) -> TaskRequest:
    """A request that is like no other."""
    return handler.request({"number": number}, initiator="the model", bypass_steps=bypass)


@contextmanager
def world_on(url: str) -> Iterator[World]:
    """A world on the empty database at ``url``."""
    app = Flask("model")
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=url)
    db, factory = SQLAlchemy(app), HandlerFactory()
    Tasker(app, handlers=factory)
    ledger = db.Table(
        "ledger", sa.Column("id", sa.Integer, primary_key=True), sa.Column("step_id", sa.BigInteger, index=True)
    )
    state: State = app.extensions["tasker"]
    world = _world(app, state.runtime, db, ledger, factory)
    with app.app_context():
        db.create_all()
    try:
        yield world
    finally:
        world.runtime.database.engine.dispose()
        if world.runtime.database.swift is not None:
            world.runtime.database.swift.dispose()
        world.runtime.host_engine.dispose()


def _world(app: Flask, runtime: Runtime, db: SQLAlchemy, ledger: sa.Table, factory: HandlerFactory) -> World:
    clock, faults = MovableClock(), Faults()
    if runtime.database.swift is not None:
        faults.install_on_statements(runtime.database.swift)
    for engine in (runtime.database.engine, runtime.host_engine):
        faults.install(engine)
        if engine.dialect.name == "sqlite":
            # Nothing here outlives the test. Isolation and locks are untouched.
            sa.event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    world = World(app=app, runtime=runtime, db=db, ledger=ledger, factory=factory, clock=clock, faults=faults)
    world.runtime = replace(
        runtime,
        database=runtime.database.at(clock),
        send=world.send,
        # A timer that may ring at any time, or never.
        later=lambda _seconds, message: world.sent.append(message),
    )
    return world
