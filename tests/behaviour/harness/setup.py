"""One app, and a way to have its tasks worked on."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask import Flask

from flask_tasker import TaskRequest, TaskStatus
from flask_tasker.engine import Runtime, create_task
from flask_tasker.extension import State
from flask_tasker.lifecycle import OPEN_TASK, StepMessage
from tests.behaviour.app import db, tasker
from tests.behaviour.eventually import eventually
from tests.behaviour.harness.reading import read_status, read_task
from tests.behaviour.harness.records import TaskRecord

ByHand = Callable[[sa.Connection, Mapping[str, int], int], None]


@dataclass
class Setup:
    """An app with its database; ``drain`` works on what is ready where nothing else does.

    ``engine`` is for looking at the rows, from outside of the app.
    """

    app: Flask
    engine: sa.Engine
    drain: Callable[[], object] | None = None
    log: Callable[[], str] = field(default=lambda: "")

    @property
    def state(self) -> State:
        """What the extension keeps of the app."""
        state: State = self.app.extensions["tasker"]
        return state

    @property
    def runtime(self) -> Runtime:
        """The engine's view of the app."""
        return self.state.runtime

    def start(self, handler: str, context: Mapping[str, Any] | None = None, *, bypass: Sequence[str] = ()) -> int:
        """Start a task that is like no other, and give back its id."""
        with self.app.app_context():
            return tasker.create_task(_request(handler, context, bypass)).task_id

    def start_by_hand(self, handler: str, change: ByHand, context: Mapping[str, Any] | None = None) -> int:
        """Write a task of which no message tells, changed by ``change`` before anyone sees it."""
        silent = replace(self.runtime, send=_tell_nobody)
        with self.app.app_context():
            task_id = create_task(silent, _request(handler, context, ()), session=db.session()).task_id
            steps = read_steps(db.session.connection(), task_id)
            change(db.session.connection(), steps, task_id)
            db.session.commit()
        return task_id

    def finish(self, task_id: int, *, within: float = 60) -> TaskRecord:
        """Have the task worked on until it has settled, and give it back."""
        if self.drain is not None:
            self.drain()
            assert self.has_settled(task_id), self.task(task_id)
        eventually(lambda: self.has_settled(task_id), within=within, what=lambda: (self.task(task_id), self.log()))
        return self.task(task_id)

    def run(self, handler: str, context: Mapping[str, Any] | None = None, *, bypass: Sequence[str] = ()) -> TaskRecord:
        """Start a task and have it worked on until it has settled."""
        return self.finish(self.start(handler, context, bypass=bypass))

    def task(self, task_id: int) -> TaskRecord:
        """The task as it stands."""
        return read_task(self.engine, task_id)

    def has_settled(self, task_id: int) -> bool:
        """Whether nothing will happen to the task by itself any more."""
        return TaskStatus(read_status(self.engine, task_id)) not in OPEN_TASK

    def send(self, *messages: StepMessage) -> None:
        """Hand messages to the app's transport."""
        self.state.sender.send(messages)


def read_steps(connection: sa.Connection, task_id: int) -> dict[str, int]:
    """The keys of a task's steps, by name."""
    rows = connection.execute(
        sa.text("SELECT name, workflow_step_id FROM tasker_workflow_steps WHERE task_id = :task"), {"task": task_id}
    )
    return {row.name: row.workflow_step_id for row in rows}


def _request(handler: str, context: Mapping[str, Any] | None, bypass: Sequence[str]) -> TaskRequest:
    # Two identical requests in a minute are one: here each has an initiator of its own.
    return TaskRequest(name=handler, context=context or {}, initiator=uuid.uuid4().hex, bypass_steps=tuple(bypass))


def _tell_nobody(_messages: Sequence[StepMessage]) -> None:
    """Lose the messages."""
