"""Every statement that goes to a database, and when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_tasker.store.database import Database
from tests.store.plans import Statement


@dataclass(frozen=True)
class Heard(Statement):
    """A statement, and the moment at which it went to the driver."""

    at: float

    @property
    def is_sweep(self) -> bool:
        """Whether a worker signs the register with it: so each round of its sweep begins."""
        return "INSERT INTO tasker_workers " in self.text

    @property
    def reads_a_page_of_due_steps(self) -> bool:
        """Whether the backlog asks for a page with it."""
        return "ORDER BY tasker_workflow_steps.next_attempt_at" in self.text


@contextmanager
def listening_to(database: Database) -> Iterator[list[Heard]]:
    """Listen until the block ends."""
    heard: list[Heard] = []

    def hear(_connection: Any, _cursor: Any, text: str, parameters: Any, *_more: Any) -> None:
        heard.append(Heard(text, parameters, time.monotonic()))

    engines = [engine for engine in (database.engine, database.swift) if engine is not None]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", hear)


def sweeps_in(heard: list[Heard]) -> list[Heard]:
    """The beginnings of the rounds."""
    return [statement for statement in list(heard) if statement.is_sweep]
