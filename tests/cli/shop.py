"""A shop for the commands: its settings come from ``FLASK_`` variables, so that processes of their own can have it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_tasker import HandlerFactory, PermanentError, StepRun, Tasker, TaskHandler, step, task_handler

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \u202egnp\u2066 [bold]x[/bold] \x9b2J\nnext line"
"""Colours, a title for the window, text that is turned round, rich's markup, and a line end."""


def handlers() -> HandlerFactory:
    """``shop/copy`` in two versions, ``depot/copy``, ``sleeps``, and ``fails``, which says what its context says."""
    factory = HandlerFactory()

    @task_handler("copy", namespace="shop", version="1.9", factory=factory)
    class Old(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {}

    @task_handler("copy", namespace="shop", version="1.10", factory=factory)
    class Copy(TaskHandler[Any]):
        """Copy an order.

        And more of it.
        """

        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {"got": run.context}

        @step(depends_on=one, skippable=True)
        def two(self, run: StepRun[Any]) -> Any:
            return {}

    @task_handler("copy", namespace="depot", version="1.0", factory=factory)
    class Other(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> Any:
            return {}

    @task_handler("fails", factory=factory)
    class Fails(TaskHandler[Any]):
        @step
        def first(self, run: StepRun[Any]) -> Any:
            raise PermanentError(run.context.get("say", "as told"))

        @step(depends_on=first)
        def second(self, run: StepRun[Any]) -> Any:
            return {}

    @task_handler("sleeps", factory=factory)
    class Sleeps(TaskHandler[Any]):
        @step
        def nap(self, run: StepRun[Any]) -> Any:
            threading.Event().wait(60)

    return factory


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Set up the shop."""
    app = Flask("cli_shop")
    app.config["TASKER_SWEEP_SECONDS"] = 0.1
    app.config.from_prefixed_env()
    app.config.update(config or {})
    SQLAlchemy(app)
    Tasker(app, handlers=handlers())
    return app
