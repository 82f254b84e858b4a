"""A small app whose handlers meet at a barrier, and the statements that look at what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import sqlalchemy as sa

from flask_tasker import (
    HandlerFactory,
    PermanentError,
    StepRun,
    StepTemplate,
    TaskHandler,
    TaskRequest,
    step,
    task_handler,
)
from flask_tasker.engine import Runtime, create_task, work
from flask_tasker.lifecycle import StepMessage
from flask_tasker.models import Task, TaskTransition, WorkflowStep, WorkflowStepTransition
from tests.concurrency.at_once import PATIENCE, at_once
from tests.host.shop import Shop, shop_on

FAN = 20


@dataclass
class Meeting:
    """Where two handlers wait for each other, and a count of the joins that ran, by task."""

    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    joined: list[int] = field(default_factory=list)
    entered: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The app's runtime, what it would send, and where its handlers meet."""

    shop: Shop
    meeting: Meeting

    @property
    def runtime(self) -> Runtime:
        """The engine's view of the app."""
        return self.shop.state.runtime

    def start(self, name: str, number: int) -> tuple[int, list[StepMessage]]:
        """Create a task, and give back its key and a message for each of its ready steps."""
        task_id = create_task(self.runtime, TaskRequest(name=name, context={"number": number})).task_id
        return task_id, [replace(message, steps=(ref,)) for message in self.taken() for ref in message.steps]

    def taken(self) -> list[StepMessage]:
        """The messages that were sent since this was last asked."""
        messages, self.shop.sent.messages[:] = list(self.shop.sent.messages), []
        return messages

    def work_on_messages(self) -> int:
        """Work on what was sent, in the calling thread; give back how many attempts that were."""
        return sum(work(self.runtime, message) for message in self.taken())

    def work_at_once(self, messages: list[StepMessage]) -> list[int]:
        """Work on each message in a thread of its own."""
        actions: list[Callable[[], int]] = [partial(work, self.runtime, message) for message in messages]
        return at_once(actions)

    def one(self, query: sa.Select[Any]) -> Any:
        """The single value that ``query`` asks for."""
        return self.runtime.database.read(lambda connection: connection.scalars(query).one())

    def all(self, query: sa.Select[Any]) -> list[Any]:
        """The values that ``query`` asks for."""
        return self.runtime.database.read(lambda connection: list(connection.scalars(query)))

    def status(self, task_id: int) -> str:
        """Where the task stands."""
        return str(self.one(sa.select(Task.status).where(Task.task_id == task_id)))

    def endings(self, task_id: int) -> list[str]:
        """What the task has come to, according to its history."""
        mine = (TaskTransition.task_id == task_id, TaskTransition.to_status != "in_progress")
        return self.all(sa.select(TaskTransition.to_status).where(*mine))

    def step_ids(self, task_id: int) -> list[int]:
        """The keys of the task's steps."""
        mine = WorkflowStep.task_id == task_id
        return self.all(sa.select(WorkflowStep.workflow_step_id).where(mine).order_by(WorkflowStep.workflow_step_id))

    def history(self, step_id: int) -> list[str]:
        """The states that a step has come to."""
        entries = WorkflowStepTransition
        mine = entries.workflow_step_id == step_id
        return self.all(sa.select(entries.to_status).where(mine).order_by(entries.workflow_step_transition_id))


@contextmanager
def stage_on(url: str, **config: Any) -> Iterator[Stage]:
    """Set the stage on a database that has the tables."""
    meeting = Meeting()
    with shop_on(url, handlers=_handlers(meeting), made=False, **config) as shop:
        yield Stage(shop=shop, meeting=meeting)


class Nothing:
    """The work of a step that does nothing."""

    def handle(self, task: object, sequence: object, step: object) -> None:
        """Do nothing."""


def _handlers(meeting: Meeting) -> HandlerFactory:
    factory = HandlerFactory()

    class Meets(TaskHandler):
        @step
        def left(self, run: StepRun) -> None:
            meeting.barrier.wait(PATIENCE)

        @step
        def right(self, run: StepRun) -> None:
            meeting.barrier.wait(PATIENCE)

    @task_handler("leaves", factory=factory)
    class Leaves(Meets):
        pass

    @task_handler("joined", factory=factory)
    class Joined(Meets):
        @step(depends_on=[Meets.left, Meets.right])
        def join(self, run: StepRun) -> None:
            meeting.joined.append(run.task_id)

    @task_handler("one_fails", factory=factory)
    class OneFails(Meets):
        @step
        def right(self, run: StepRun) -> None:
            meeting.barrier.wait(PATIENCE)
            raise PermanentError("for good")

    @task_handler("patience", factory=factory)
    class Patience(TaskHandler):
        @step
        def wait(self, run: StepRun) -> dict[str, int]:
            if run.attempt == 1:
                meeting.entered.set()
                assert meeting.released.wait(PATIENCE)
            return {"attempt": run.attempt}

        @step(depends_on=wait)
        def after(self, run: StepRun) -> None:
            meeting.joined.append(run.task_id)

    @task_handler("fan", factory=factory)
    class Fan(TaskHandler):
        step_templates = tuple(StepTemplate(name=f"leaf-{number}", handler_class=Nothing) for number in range(FAN))

    return factory
