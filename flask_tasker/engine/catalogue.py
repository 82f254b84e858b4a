"""The catalogue's keys, remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

import sqlalchemy as sa

from ..handlers import HandlerDefinition, StepGraph
from ..store.catalogue import annotation_type_ids, named_step_ids, named_task_id
from ..store.database import Database
from ..store.grouped import Stencil
from ..typing import HandlerKey

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The keys of a kind of task and of its kinds of step."""

    graph: StepGraph
    named_task_id: int
    named_step_ids: dict[str, int]

    @cached_property
    def stencil(self) -> Stencil:
        """Its steps, as the hot path writes them."""
        return Stencil(self.graph, self.named_step_ids)


class Catalogue:
    """Finds or creates catalogue rows.

    They are written in a transaction of their own, so that nobody waits for a caller's open one; except on SQLite,
    whose single writer may be the caller. What was read inside a caller's transaction is not remembered: it may be
    rolled back.
    """

    def __init__(self, *, remember: bool) -> None:
        self._remember = remember
        self._kinds: dict[HandlerKey, Kind] = {}
        self._types: dict[str, int] = {}
        self._lock = threading.Lock()

    def kind(self, database: Database, definition: HandlerDefinition, *, within: sa.Connection | None = None) -> Kind:
        """The keys for ``definition``; ``within`` is the caller's open transaction, if there is one."""
        known = self._kinds.get(definition.key)
        if known is not None and known.graph is definition.graph:
            return known
        kind = self._written(database, within, lambda connection: _kind(connection, database, definition))
        if self._remember and not self._joins(database, within):
            with self._lock:
                self._kinds[definition.key] = kind
        return kind

    def annotation_types(
        self, database: Database, names: Iterable[str], *, within: sa.Connection | None = None
    ) -> dict[str, int]:
        """The keys of annotation types; ``within`` is the open transaction of a step, if there is one."""
        wanted = set(names)
        if not wanted <= self._types.keys():
            ask = partial(annotation_type_ids, clock=database.clock, names=wanted)
            found = self._written(database, within, ask)
            if not self._remember or self._joins(database, within):
                return found
            with self._lock:
                self._types.update(found)
        return {name: self._types[name] for name in wanted}

    def forget(self) -> None:
        """Forget every key: the tables were dropped."""
        with self._lock:
            self._kinds.clear()
            self._types.clear()

    def _written(self, database: Database, within: sa.Connection | None, work: Callable[[sa.Connection], T]) -> T:
        if within is not None and self._joins(database, within):
            return work(within)
        return database.transaction(work)

    def _joins(self, database: Database, within: sa.Connection | None) -> bool:
        return within is not None and database.is_sqlite


def _kind(connection: sa.Connection, database: Database, definition: HandlerDefinition) -> Kind:
    task_id = named_task_id(connection, database.clock, definition)
    steps = named_step_ids(connection, database.clock, task_id, definition.graph.templates.values())
    return Kind(graph=definition.graph, named_task_id=task_id, named_step_ids=steps)
