"""The app under torture: in the worker processes, and in the one that starts the tasks."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from flask import Flask, request

from flask_tasker import DuplicateTaskError, Tasker, TaskRequest
from tests.torture.handlers import HANDLERS
from tests.torture.lost_answers import lose_answers, lose_answers_to_statements
from tests.torture.plans import TaskPlan
from tests.torture.tables import EFFECTS, db, orders

SHARE_LOST: Final = "TORTURE_LOST_ANSWERS"
"""The setting that says which share of the answers to commits is lost."""

tasker: Final = Tasker(handlers=HANDLERS)


def create_app(**config: Any) -> Flask:
    """An app with every kind of task; settings come from ``FLASK_`` in the environment and from ``config``."""
    app = Flask("torture")
    app.config.from_prefixed_env()
    app.config.update(config)
    db.init_app(app)
    tasker.init_app(app)
    app.extensions[EFFECTS] = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
    share = app.config.get(SHARE_LOST, 0.0)
    if share:
        with app.app_context():
            lose_answers(db.engine, share)
        database = app.extensions["tasker"].runtime.database
        lose_answers(database.engine, share)
        lose_answers_to_statements(database.swift, share)
    app.add_url_rule("/start", view_func=start_posted, methods=["POST"])
    return app


def start(plan: TaskPlan) -> None:
    """Start a task in the way that it is to be started; needs an app context."""
    wanted = TaskRequest(name=plan.kind, context={"key": plan.key}, bypass_steps=plan.bypassed)
    if not plan.ordered:
        tasker.create_task(wanted)
        return
    try:
        task = tasker.create_task(wanted, session=db.session)
        db.session.execute(orders.insert().values(key=plan.key, task_id=task.task_id))
        if not plan.abandoned:
            db.session.commit()
    finally:
        db.session.rollback()


def start_posted() -> tuple[str, int]:
    """Start a task over HTTP."""
    try:
        start(TaskPlan.from_json(request.get_json()))
    except DuplicateTaskError:
        return "it is there", 409
    return "started", 201
