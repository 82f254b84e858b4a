"""Tasks and steps in every state, made as the engine makes them."""

from __future__ import annotations

import uuid
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask

from flask_tasker import StepStatus, Tasker, TaskRequest, TaskStatus
from flask_tasker.models import Task, WorkflowStep
from flask_tasker.testing import drain
from tests.web.rows import LEASED, Rows, StepRow

ACTOR: Final = "fuzz"
BULK: Final = "bulk"
ENOUGH: Final = 40
FAILED: Final = {"status": "error", "attempts": 3, "error": "the card was refused"}


def fill(app: Flask, tasker: Tasker, engine: sa.Engine) -> None:
    """Write them; ids of tasks begin at 1."""
    with app.app_context():
        _run_and_left(app, tasker)
        _by_hand(app, tasker)
        # Those that wait come last: what is drained after them would run.
        _start(tasker, "sync_order", {"order_id": 4}, tags=("paid", "ünï"))
        _start(tasker, "anything")
    rows = Rows(engine)
    rows.task(name="gone", status="in_progress", steps=[StepRow(name="running", columns=LEASED)])
    for _ in range(ENOUGH // 4):
        rows.task(name="many", owner=BULK)
        rows.task(name="many", owner=BULK, status="error", steps=[StepRow(name="refused", columns=FAILED)])


def states(engine: sa.Engine) -> tuple[set[str], set[str]]:
    """Which there are, of tasks and of steps."""
    with engine.connect() as connection:
        tasks = set(connection.scalars(sa.select(Task.status).distinct()))
        return tasks, set(connection.scalars(sa.select(WorkflowStep.status).distinct()))


EVERY_STATE: Final = (set(TaskStatus), set(StepStatus))


def _run_and_left(app: Flask, tasker: Tasker) -> None:
    _start(tasker, "sync_order", {"order_id": 1})
    _start(tasker, "sync_order", {"order_id": 2}, bypass_steps=("notify",))
    _start(tasker, "write", {"to": "ann"}, namespace="letters")
    _start(tasker, "waiting")
    # A verb takes each out of its state, for good where nothing works.
    for _ in range(ENOUGH):
        _start(tasker, "refused")
    drain(app)


def _by_hand(app: Flask, tasker: Tasker) -> None:
    does = tasker.operations
    does.cancel_task(_start(tasker, "sync_order", {"order_id": 3}), actor=ACTOR, reason="not wanted")
    resolved = _start(tasker, "refused")
    mended = _start(tasker, "refused")
    drain(app)
    does.resolve_task(resolved, actor=ACTOR, reason="done by phone")
    does.resolve_step(_steps(app, mended)[0], results={"by": "hand"}, actor=ACTOR)


def _start(tasker: Tasker, name: str, context: Any = None, **options: Any) -> int:
    request = TaskRequest(name=name, context=context or {}, initiator=uuid.uuid4().hex, **options)
    return tasker.create_task(request).task_id


def _steps(app: Flask, task_id: int) -> list[int]:
    with app.extensions["tasker"].reading_engine().connect() as connection:
        ids = sa.select(WorkflowStep.workflow_step_id).where(WorkflowStep.task_id == task_id)
        return list(connection.scalars(ids.order_by(WorkflowStep.workflow_step_id)))
