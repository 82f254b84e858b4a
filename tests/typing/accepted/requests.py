"""Starting a task, and running one in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, assert_type

from sqlalchemy.orm import Session, scoped_session

from flask_tasker import StepRun, Tasker, TaskHandler, TaskRequest, step, task_handler
from flask_tasker.models import Task
from flask_tasker.testing import RunReport, run_handler


@dataclass(frozen=True)
class Order:
    order_id: int


@task_handler("ordered", schema=Order)
class Ordered(TaskHandler[Order]):
    @step
    def only(self, run: StepRun[Order]) -> int:
        return run.context.order_id


def start(tasker: Tasker, session: Session, scoped: scoped_session[Any]) -> int:
    request = Ordered.request(Order(order_id=1), initiator="checkout", reason=None, tags=("new",))
    assert_type(request, TaskRequest)
    assert_type(tasker.create_task(request), Task)
    tasker.create_task(request, session=scoped)
    tasker.create_task(TaskRequest(name="ordered", context={"order_id": 1}))
    return tasker.create_task(request, session=session).task_id


def check() -> None:
    report = run_handler(Ordered, Order(order_id=1), bypass_steps=["only"], answers={"only": 1})
    assert_type(report, RunReport)
