"""A host app for one test: a table of its own, one handler, and a record of the messages that leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase

from flask_tasker import (
    ConfigurationError,
    HandlerFactory,
    StepRun,
    Tasker,
    TaskHandler,
    TaskRequest,
    step,
    task_handler,
)
from flask_tasker.extension import State
from flask_tasker.lifecycle import StepMessage
from flask_tasker.models import Task
from flask_tasker.store.clock import FixedClock


@dataclass
class Recorder:
    """A dispatcher that keeps what it is told to send; ``broken``, it raises."""

    messages: list[StepMessage] = field(default_factory=list)
    broken: bool = False

    def send(self, messages: Sequence[StepMessage]) -> None:
        """Keep the messages."""
        if self.broken:
            raise ConnectionError("the broker is away")
        self.messages.extend(messages)

    @property
    def task_ids(self) -> list[int]:
        """The tasks that the messages are about, in the order in which they left."""
        return [message.task_id for message in self.messages]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The app, its parts, and what its ``Tasker`` sends."""

    app: Flask
    db: SQLAlchemy
    tasker: Tasker
    orders: sa.Table
    sent: Recorder

    @property
    def state(self) -> State:
        """What the extension keeps of the app."""
        state: State = self.app.extensions["tasker"]
        return state

    def stop_the_clock(self) -> None:
        """Let what is asked for from here on fall into one minute, whenever the database's own turns."""
        runtime = self.state.runtime
        self.state._runtime = replace(runtime, database=runtime.database.at(FixedClock(datetime.now(UTC))))

    def place_order(self) -> None:
        """Write a row of the host's own in ``db.session``, which also begins SQLite's transaction."""
        self.db.session.execute(self.orders.insert().values(note="hello"))

    def create(self, order_id: int = 1, session: Any = None) -> Task:
        """Start a task for an order."""
        return self.tasker.create_task(an_order(order_id), session=session)

    def stored(self) -> list[int]:
        """The order ids of the tasks that another connection sees."""
        with self.state.runtime.host_engine.connect() as connection:
            found = connection.scalars(sa.select(Task.context).order_by(Task.task_id))
            return [context["order_id"] for context in found]

    def count_orders(self) -> int:
        """How many rows of the host's own another connection sees."""
        with self.db.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(self.orders)) or 0


def an_order(order_id: int) -> TaskRequest:
    """A request that differs from that of another order."""
    return TaskRequest(name="order", context={"order_id": order_id}, initiator="checkout")


def order_handlers() -> HandlerFactory:
    """A factory of its own with the handler of orders: two steps, one after the other."""
    factory = HandlerFactory()

    @task_handler("order", factory=factory, dependent_system="shop")
    class Fulfilment(TaskHandler):
        @step
        def reserve(self, run: StepRun) -> dict[str, int]:
            return {"reserved": run.context["order_id"]}

        @step(depends_on=reserve)
        def ship(self, run: StepRun) -> dict[str, int]:
            return {"shipped": run.result(self.reserve)["reserved"]}

    return factory


@contextmanager
def shop_on(
    url: str,
    *,
    tasker_first: bool = False,
    handlers: HandlerFactory | None = None,
    metadata: sa.MetaData | None = None,
    recorded: bool = True,
    made: bool = True,
    **config: Any,
) -> Iterator[Shop]:
    """Set up the app on ``url`` with its context pushed, and close its connections afterwards.

    ``recorded``, its messages go no further than the shop's record; ``made``, the tables that are missing are made.
    """
    app = Flask("shop")
    app.config.from_mapping({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True} | config)
    db = new_database(metadata)
    orders = sa.Table("orders", db.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))
    tasker = Tasker(handlers=order_handlers() if handlers is None else handlers)
    for extension in (tasker, db) if tasker_first else (db, tasker):
        extension.init_app(app)
    shop = Shop(app=app, db=db, tasker=tasker, orders=orders, sent=Recorder())
    if recorded:
        shop.state.sender = shop.sent
    with app.app_context():
        if made:
            db.create_all()
        try:
            yield shop
        finally:
            db.session.remove()
            close(app, db)


def new_database(metadata: sa.MetaData | None = None) -> SQLAlchemy:
    """A Flask-SQLAlchemy with a declarative base that nobody else shares."""

    class Model(DeclarativeBase):
        pass

    return SQLAlchemy(model_class=Model, metadata=metadata)


def close(app: Flask, db: SQLAlchemy) -> None:
    """Stop an embedded worker and close all pooled connections."""
    state: State = app.extensions["tasker"]
    if state.embedded is not None:
        state.embedded.stop()
    with suppress(ConfigurationError):
        state.runtime.database.engine.dispose()
    for engine in db.engines.values():
        engine.dispose()
