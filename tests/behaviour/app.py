"""The app of this suite: in the test's own process, and in the worker processes that it starts."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import Tasker
from tests.behaviour.handlers import HANDLERS

db: Final = SQLAlchemy()
tasker: Final = Tasker(handlers=HANDLERS)
notes: Final = db.Table("host_notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))


def create_app(**config: Any) -> Flask:
    """An app with every handler of the suite; settings come from ``FLASK_`` in the environment and from ``config``."""
    app = Flask("behaviour")
    app.config.from_prefixed_env()
    app.config.update(config)
    db.init_app(app)
    tasker.init_app(app)
    return app
