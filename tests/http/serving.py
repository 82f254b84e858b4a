"""The shop as a server's process: who asks is said in a header, and steps run while their task is created."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import Access, RetryableError, StepRun, Tasker, TaskHandler, step, task_handler
from tests.http.conftest import shop

WHO = "X-Who"
ANSWERS: dict[str | None, Access | bool | None] = {
    None: None,
    "eve": False,
    "root": Access(actor="root"),
    "ann": Access(actor="ann", owner="ann", scope="ann"),
    "bob": Access(actor="bob", owner="bob", scope="bob"),
}


def create_app() -> Flask:
    """Outside debug and testing, on the database that ``SHOP_DATABASE`` names; closed where ``SHOP_CLOSED`` is set.

    ``SHOP_STREAMS`` is how many streams it has.
    """
    handlers = shop()

    @task_handler("later", factory=handlers, schema={"type": "object", "properties": {"number": {"type": "integer"}}})
    class Later(TaskHandler[Any]):
        @step(skippable=True)
        def only(self, run: StepRun[Any]) -> Any:
            raise RetryableError("not today", retry_after=86_400)

    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=os.environ["SHOP_DATABASE"], TASKER_BROKER_URL="inline://")
    app.config.update(SECRET_KEY="of the tests", TASKER_SSE_MAX_STREAMS=int(os.environ.get("SHOP_STREAMS", "0")))
    app.register_error_handler(Exception, lambda _error: ("the host's own page", 418))
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=handlers)
    if "SHOP_CLOSED" not in os.environ:
        tasker.authorize(lambda _permission, _resource: ANSWERS[request.headers.get(WHO)])
    with app.app_context():
        db.create_all()
    return app
