"""Apps with a dashboard, on a database in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import Tasker
from tests.dashboard.conftest import SECRET
from tests.http.conftest import shop


@contextmanager
def app_with(**config: Any) -> Iterator[Flask]:
    """An app with tables, and everything open; ``templates`` is where the host has its own."""
    app = Flask(__name__, template_folder=config.pop("templates", "templates"))
    app.config.update({"SECRET_KEY": SECRET, "TESTING": True, "SQLALCHEMY_DATABASE_URI": "sqlite://", **config})
    db = SQLAlchemy(app)
    Tasker(app, handlers=shop())
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()
