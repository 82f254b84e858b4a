"""An app that has a login of its own, and a Tasker that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, RetryableError, Tasker, TaskHandler, step, task_handler

SECRET = "a secret of sixteen characters and more"


@pytest.fixture
def tasker() -> Tasker:
    """Of one handler."""
    factory = HandlerFactory()

    @task_handler("copy", factory=factory)
    class Copy(TaskHandler):
        @step
        def one(self, run: object) -> None:
            raise RetryableError("not today", retry_after=86_400)

    return Tasker(handlers=factory)


@pytest.fixture
def app(tasker: Tasker) -> Iterator[Flask]:
    """Neither in debug nor in testing: closed until somebody opens it."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=SECRET,
        JWT_SECRET_KEY=SECRET,
        SQLALCHEMY_DATABASE_URI="sqlite://",
        TASKER_BROKER_URL="inline://",
    )
    db = SQLAlchemy(app)
    tasker.init_app(app)
    with app.app_context():
        db.create_all()
        yield app
        db.engine.dispose()
