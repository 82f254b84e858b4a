"""The app that is measured: in the worker processes, in the driver and behind the HTTP server."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

import benchmarks.graphs  # noqa: F401  its import registers the handlers
from flask_tasker import Access, Tasker

db: Final = SQLAlchemy()
tasker: Final = Tasker()


def create_app(**config: Any) -> Flask:
    """An app whose settings come from ``FLASK_`` in the environment and from ``config``."""
    app = Flask("bench")
    app.config.from_prefixed_env()
    app.config.update(config)
    db.init_app(app)
    tasker.init_app(app)
    return app


@tasker.authorize
def everybody(_permission: str, _resource: object) -> Access | bool:
    """Let everybody do everything; who names an owner in a header sees the tasks of that one alone."""
    owner = request.headers.get("X-Owner")
    return True if owner is None else Access(actor=owner, scope=owner)
