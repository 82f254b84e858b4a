"""Workers that run through: a message comes, or an idle one asks the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from flask_tasker.engine import Runtime, work
from flask_tasker.engine.backlog import Backlog
from flask_tasker.lifecycle import StepMessage
from tests.model.rules.history import History, Move

NO_TASK: Final = 0


class Coming(StrEnum):
    """How work comes."""

    ONE = "a message"
    CHUNK = "a message of many steps"
    SEVERAL = "several messages at once"
    PULLED = "asked of the database"


class Vain(StrEnum):
    """To whom a message comes in vain."""

    IGNORANT = "a process without the handler, as in the middle of a deploy"
    STOPPING = "a process that stops"
    MISADDRESSED = "the wrong task: what is left of a message where SQLite has given its keys out again"


class Working(History):
    """Messages are delivered never, once or again, in any order, alone or in a chunk."""

    def moves(self) -> list[Move]:
        """Work comes, in vain or not."""
        return [
            *super().moves(),
            Move(4, self.work_comes),
            *([Move(2, self.work_comes_in_vain)] if self.world.sent else []),
        ]

    def work_comes(self) -> None:
        """To a process of its own, which runs through unless something goes wrong."""
        how = self.chance.one_of([*Coming], "how")
        self.act(self._coming(how), self.plan())

    def work_comes_in_vain(self) -> None:
        """Nothing comes of it, and no row changes."""
        to = self.chance.one_of([*Vain], "to")
        message, before, process = self.message(), self.rows, self.world.process(stops=to is Vain.STOPPING)
        if to is Vain.IGNORANT:
            process = self.world.ignorant
        if to is Vain.MISADDRESSED:
            others = [other for other in self.rows.tasks if other != message.task_id]
            message = replace(message, task_id=self.pick(others or [NO_TASK], "other"))
        self.act(lambda: work(process, message))
        assert self.after() == before

    def _coming(self, how: Coming) -> Callable[[], object]:
        if how is Coming.PULLED or not self.world.sent:
            return self.pulling()
        message = self.message()
        if how is Coming.SEVERAL:
            return self.working(message, *[self.message() for _ in range(self.chance.one_of([1, 2, 4], "more"))])
        return self.working(message if how is Coming.ONE else self.chunk(message))

    def working(self, *messages: StepMessage) -> Callable[[], object]:
        """Work on messages in a process of its own."""
        process = self.world.process()
        return lambda: work(process, *messages)

    def pulling(self) -> Callable[[], object]:
        """Work on the step that has been due for longest."""
        process = self.world.process()
        return lambda: _pull(process)

    def chunk(self, message: StepMessage) -> StepMessage:
        """All that is to be said of the task that ``message`` is about."""
        told = [other for other in [*self.world.sent, *self.due()] if other.task_id == message.task_id]
        return replace(message, steps=tuple(dict.fromkeys(step for other in told for step in other.steps)))


def _pull(process: Runtime) -> None:
    message = Backlog(process).next()
    if message is not None:
        work(process, message)
