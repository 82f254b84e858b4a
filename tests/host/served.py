"""The shop as processes of their own serve it; its settings come from ``FLASK_`` variables."""

from __future__ import annotations

import os
import threading

import click
import sqlalchemy as sa
from flask import Flask

from flask_tasker import HandlerFactory, StepRun, Tasker, TaskHandler, TaskRequest, step, task_handler
from flask_tasker.extension import State
from flask_tasker.models import Task
from tests.host.shop import an_order, new_database, order_handlers

db = new_database()
started = threading.Event()
released = threading.Event()


def handlers() -> HandlerFactory:
    """Orders, and a task that stays in its step until it is released."""
    factory = order_handlers()

    @task_handler("patience", factory=factory)
    class Patience(TaskHandler):
        @step
        def wait(self, run: StepRun) -> dict[str, int]:
            started.set()
            released.wait(60)
            return {"pid": os.getpid()}

    return factory


tasker = Tasker(handlers=handlers())
PATIENCE = TaskRequest(name="patience")


def create_app() -> Flask:
    """Set up the app.

    ``SERVED_CREATES`` in the environment has it start a task meanwhile; with ``SERVED_RELEASED`` no step waits.
    """
    app = Flask("served")
    app.config.from_prefixed_env()
    db.init_app(app)
    tasker.init_app(app)
    app.cli.add_command(start)
    if "SERVED_RELEASED" in os.environ:
        released.set()
    if "SERVED_CREATES" in os.environ:
        with app.app_context():
            tasker.create_task(an_order(os.getpid()))
    return app


@click.command("start")
def start() -> None:
    """Start a task from a command."""
    tasker.create_task(an_order(1))
    click.echo(f"threads: {tasker_threads()}")


def tasker_threads() -> list[str]:
    """The names of the threads that a worker has started in this process."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("tasker-"))


def status_of(app: Flask, task_id: int) -> str | None:
    """Where the task stands."""
    state: State = app.extensions["tasker"]
    return state.runtime.database.read(
        lambda connection: connection.scalar(sa.select(Task.status).where(Task.task_id == task_id))
    )
