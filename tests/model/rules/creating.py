"""Tasks are started."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from flask_tasker import TaskRequest
from flask_tasker.engine import create_task
from tests.model.chance import Chance
from tests.model.faults import Plan
from tests.model.graphs import Graph
from tests.model.rules.history import History, Move
from tests.model.world import request_of

MOST_TASKS: Final = 6


class Where(StrEnum):
    """Whose transaction a task is written in."""

    BY_ITSELF = "its own"
    COMMITTED = "the host's, committed"
    ROLLED_BACK = "the host's, rolled back"


class Creating(History):
    """In a transaction of the engine's, or in the host's, which commits or rolls back."""

    def begin(self, chance: Chance, drawn: Sequence[Graph]) -> None:
        """Every history has something to tell of: tasks of the graphs that were drawn for it."""
        self.chance = chance
        self.drawn = [(self.world.define(number, graph), graph) for number, graph in enumerate(drawn)]
        self._create(self._request(), None, Where.BY_ITSELF)

    def moves(self) -> list[Move]:
        """Another task, up to a few."""
        return [*super().moves(), *([Move(2, self.create)] if self.tasks < MOST_TASKS else [])]

    def create(self) -> None:
        """Another task."""
        self._create(self._request(), self.plan(), self.chance.one_of([*Where], "in whose transaction"))

    def _request(self) -> TaskRequest:
        self.tasks += 1
        handler, graph = self.drawn[self.chance.one_of(range(len(self.drawn)), "of which graph")]
        skippable = [name for name, (_, behaviour) in graph.items() if behaviour.skippable]
        bypass = [name for name in skippable if self.flip(f"without {name}")] if self.flip("not all steps") else []
        return request_of(handler, number=self.tasks, bypass=bypass)

    def _create(self, request: TaskRequest, plan: Plan | None, where: Where) -> None:
        self.act(lambda: self._write(request, where), plan)
        self.kinds.update({step_id: (name, key) for step_id, name, key in self.world.step_kinds()})

    def _write(self, request: TaskRequest, where: Where) -> None:
        if where is Where.BY_ITSELF:
            create_task(self.world.runtime, request)
            return
        with self.world.app.app_context():
            create_task(self.world.runtime, request, session=self.world.db.session())
            if where is Where.COMMITTED:
                self.world.db.session.commit()
