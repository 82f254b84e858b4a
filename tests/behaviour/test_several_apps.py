"""Several apps in one process: each sees its own tasks only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from dramatiq.brokers.stub import StubBroker
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import ConfigurationError, Tasker, TaskRequest
from flask_tasker.extension import State
from tests.behaviour.eventually import eventually
from tests.behaviour.handlers import HANDLERS
from tests.behaviour.harness import Setup, background
from tests.behaviour.harness.reading import read_status


class Shop:
    """An app of its own, with its own SQLAlchemy, Tasker and database."""

    def __init__(self, folder: Path, *, queue: str, broker: StubBroker) -> None:
        self.app = Flask(queue)
        self.app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / f'{queue}.sqlite'}"
        self.app.config["TASKER_QUEUE"] = queue
        self.db = SQLAlchemy(self.app)
        self.tasker = Tasker(self.app, broker=broker, handlers=HANDLERS)
        self.state: State = self.app.extensions["tasker"]
        with self.app.app_context():
            self.db.create_all()

    def start(self) -> int:
        """Start a task."""
        with self.app.app_context():
            return self.tasker.create_task(TaskRequest(name="linear")).task_id

    def status(self, task_id: int) -> str:
        """Where a task stands."""
        return read_status(self.state.runtime.database.engine, task_id)

    def close(self) -> None:
        """Close its connections."""
        self.state.runtime.database.engine.dispose()
        with self.app.app_context():
            self.db.engine.dispose()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Setup, Setup]]:
    """Two apps with two brokers and two databases."""
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(background(f"sqlite:///{tmp_path / name}.sqlite")) for name in ("first", "second")
        )
        yield first, second


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[tuple[Shop, Shop]]:
    """Two apps with one broker and two queues."""
    broker = StubBroker(middleware=[])
    first, second = Shop(tmp_path, queue="first", broker=broker), Shop(tmp_path, queue="second", broker=broker)
    yield first, second
    first.close()
    second.close()


def test_each_app_works_on_its_own_tasks(pair: tuple[Setup, Setup]) -> None:
    first, second = pair

    tasks = [(setup, setup.start("diamond")) for setup in (first, second, first, second)]

    for setup, task_id in tasks:
        task = setup.finish(task_id)
        assert task.status == "complete"
        assert {change.actor for change in task.history} == {setup.runtime.worker}


def test_an_app_has_no_row_of_the_others_tasks(pair: tuple[Setup, Setup]) -> None:
    first, second = pair

    first.run("diamond")

    assert [row_count(setup, "tasker_tasks") for setup in (first, second)] == [1, 0]
    assert [row_count(setup, "tasker_workflow_step_transitions") for setup in (first, second)] == [14, 0]


def row_count(setup: Setup, table: str) -> int:
    """How many rows a table has."""
    with setup.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_two_queues_of_one_broker_keep_two_apps_apart(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    tasks = first.start(), second.start()

    consumer = first.state.consumer(2)
    consumer.start()
    try:
        eventually(lambda: first.status(tasks[0]) == "complete")
        assert second.status(tasks[1]) == "pending"
    finally:
        consumer.stop()


def test_stopping_the_worker_of_one_queue_leaves_the_other_at_work(shops: tuple[Shop, Shop]) -> None:
    _first, second = shops
    consumers = [shop.state.consumer(2) for shop in shops]
    for consumer in consumers:
        consumer.start()
    try:
        consumers[0].stop()
        task_id = second.start()
        eventually(lambda: second.status(task_id) == "complete")
    finally:
        consumers[1].stop()


def test_two_apps_on_one_queue_of_one_broker_are_refused_with_the_fix(tmp_path: Path) -> None:
    broker = StubBroker(middleware=[])
    first = Shop(tmp_path, queue="only", broker=broker)

    with pytest.raises(ConfigurationError, match="give each app its own TASKER_QUEUE"):
        Shop(tmp_path, queue="only", broker=broker)
    first.close()
