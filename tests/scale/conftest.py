"""Databases with a crowd of ready steps: filled once, and copied for each test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from flask_tasker import HandlerFactory, StepRun, TaskHandler, step, task_handler
from tests.dispatch.conftest import broker, start_fleet
from tests.reliability.conftest import postgres_lab_url, postgres_tables
from tests.reliability.lab import lab_on
from tests.scale.crowds import multiply
from tests.servers import fresh_database
from tests.servers.databases import execute

__all__ = ["broker", "postgres_lab_url", "postgres_tables", "start_fleet"]

CROWD = 100_000


@pytest.fixture(scope="session")
def crowd_template(postgres_url: str) -> Iterator[str]:
    """The name of a database in which so many steps are ready, of which no message tells."""
    with fresh_database(postgres_url) as url:
        with lab_on(url, crowd_handlers(lambda: None)) as lab:
            (definition,) = lab.runtime.handlers
            multiply(lab.engine, lab.start(definition.handler_class), copies=CROWD - 1)
        yield str(sa.make_url(url).database)


@pytest.fixture
def crowd_url(postgres_url: str, crowd_template: str) -> Iterator[str]:
    """The URL of a database of the test's own in which so many steps are ready."""
    name = f"tasker_test_{uuid.uuid4().hex}"
    execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {crowd_template}")
    try:
        yield sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    finally:
        execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def crowd_handlers(act: Callable[[], object]) -> HandlerFactory:
    """The handler of every task in the crowd: one step, which acts."""
    factory = HandlerFactory()

    @task_handler("one_of_many", factory=factory)
    class OneOfMany(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            act()

    return factory
