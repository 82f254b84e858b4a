"""An app with the API alone: rows are written directly, and creation is the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.pool import StaticPool

from flask_tasker.config import Settings
from flask_tasker.engine import Once, Runtime
from flask_tasker.errors import UnknownHandlerError
from flask_tasker.handlers import HandlerFactory, TaskRequest
from flask_tasker.models import Task
from flask_tasker.store.database import engine_beside
from flask_tasker.web.access import Authorize
from flask_tasker.web.blueprint import create_blueprint
from flask_tasker.web.dependencies import ApiDependencies
from tests.servers import fresh_database
from tests.web.conforming import conforming
from tests.web.rows import Rows, create_tables, delete_rows


@dataclass
class Host:
    """What an app gives to the API, for a test to change: the rows, the callback, the errors of creation."""

    rows: Rows
    settings: Settings = field(default_factory=Settings)
    authorize: Authorize | None = None
    refused_with: Exception | None = None
    requests: list[TaskRequest] = field(default_factory=list)
    handlers: HandlerFactory = field(default_factory=HandlerFactory)

    def create(self, request: TaskRequest, owner: str | None) -> Task:
        """Write a task as asked for, or raise what the test wants raised."""
        self.requests.append(request)
        if self.refused_with is not None:
            raise self.refused_with
        if request.name == "nobody":
            raise UnknownHandlerError(f"No task handler for {request.name}")
        task_id = self.rows.task(
            name=request.name,
            context=dict(request.context),
            initiator=request.initiator,
            source_system=request.source_system,
            reason=request.reason,
            tags=list(request.tags),
            bypass_steps=list(request.bypass_steps),
            owner=owner,
        )
        return Task(task_id=task_id)

    def create_once(self, request: TaskRequest, key: str, owner: str | None) -> Once:
        """None: as below."""
        raise LookupError("this app has no engine")

    def runtime(self) -> Runtime:
        """None: what needs the engine is asked of a whole app, in tests/http."""
        raise LookupError("this app has no engine")

    def dependencies(self) -> ApiDependencies:
        """What the blueprint is made of."""
        return ApiDependencies(
            engine=lambda: self.rows.engine,
            create=self.create,
            create_once=self.create_once,
            runtime=self.runtime,
            handlers=self.handlers,
            settings=self.settings,
            authorize=lambda: self.authorize,
        )

    def app(self, *, testing: bool = True) -> Flask:
        """A Flask app that serves the API under /tasker."""
        app = Flask(__name__)
        app.testing = testing
        app.register_blueprint(create_blueprint(self.dependencies()), url_prefix="/tasker")
        return conforming(app)


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """SQLite in memory, for what HTTP alone decides; modules about rows take ``stored`` instead."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """An engine of the kind that the API reads with, once on each real database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('web') / 'tasker.sqlite'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))
        host = sa.create_engine(url)
        stack.callback(host.dispose)
        engine = engine_beside(host)
        stack.callback(engine.dispose)
        create_tables(engine)
        yield engine


@pytest.fixture
def stored(shared_engine: sa.Engine) -> sa.Engine:
    """Both real databases, one after the other, without rows."""
    delete_rows(shared_engine)
    return shared_engine


@pytest.fixture
def rows(engine: sa.Engine) -> Rows:
    """Writes rows."""
    return Rows(engine)


@pytest.fixture
def host(rows: Rows) -> Host:
    """What the app gives to the API."""
    return Host(rows=rows)


@pytest.fixture
def client(host: Host) -> FlaskClient:
    """A client of the app."""
    return host.app().test_client()
