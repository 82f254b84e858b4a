"""An app with tasks in every state, served over HTTP on loopback; it counts what it answers."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request
from flask_sqlalchemy import SQLAlchemy
from werkzeug.serving import WSGIRequestHandler, make_server

from flask_tasker import Access, Tasker
from tests.fuzz.handlers import handlers
from tests.fuzz.states import BULK, EVERY_STATE, fill, states


@dataclass(frozen=True)
class Answers:
    """How often each call was answered, by its name and the status."""

    counts: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, response: Response) -> Response:
        """Count one."""
        self.counts[(request.endpoint or "", response.status_code)] += 1
        return response


class QuietRequestHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def filled_app(database_url: str) -> Iterator[tuple[Flask, Answers]]:
    """The app; nothing works on its tasks but what the block does."""
    app = Flask("fuzz")
    # Who shares the machine may keep a request waiting for longer than users would: that is no fault of its.
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=database_url, TASKER_HTTP_TIMEOUT_SECONDS=120)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=handlers())
    answers = Answers()
    app.after_request(answers.add)
    tasker.authorize(_who)
    engine = sa.create_engine(database_url)
    with app.app_context():
        db.create_all()
    fill(app, tasker, engine)
    assert states(engine) == EVERY_STATE
    engine.dispose()
    try:
        yield app, answers
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The URL of the app; requests are answered in threads."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with _quiet("flask_tasker.extension.tasker"):
            yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _who(_permission: str, _resource: Any) -> Access:
    """Someone who may do everything, but whose bulk verbs, which take a filter for all, leave tasks for the others."""
    return Access(actor="fuzz", scope=BULK if request.endpoint == "tasker.bulk_tasks" else None)


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Without the warnings of a logger: here, one for each name that no handler has."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
