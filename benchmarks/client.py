"""Our side: starts tasks, and asks the database which are not complete yet."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa
from flask import Flask

from benchmarks.graphs import HANDLERS
from benchmarks.shop import create_app, tasker
from flask_tasker import TaskRequest

DRAIN_SECONDS: Final = 300.0
ASKED: Final = "SELECT task_id FROM tasker_tasks WHERE status = 'complete' AND task_id"
COMPLETE: Final = {
    "postgresql": f"{ASKED} = ANY(%s)",
    "sqlite": f"{ASKED} IN (SELECT value FROM json_each(?))",
}


class Client:
    """One client: a thread that starts tasks by one call each, committed, and polls for their end."""

    def __init__(self, url: str, broker: str) -> None:
        self.app: Flask = create_app(SQLALCHEMY_DATABASE_URI=url, TASKER_BROKER_URL=broker)
        self._context = self.app.app_context()
        self._context.push()
        self.connection = sa.create_engine(url, isolation_level="AUTOCOMMIT").connect()
        self._complete = COMPLETE[self.connection.dialect.name]
        self._parameter: Callable[[list[int]], object] = (
            (lambda ids: ids) if self.connection.dialect.name == "postgresql" else json.dumps
        )
        self._numbers = itertools.count()

    def close(self) -> None:
        """Let the database go."""
        self.connection.close()
        self._context.pop()

    def request(self, name: str) -> TaskRequest:
        """A request like no other."""
        return HANDLERS[name].request({"number": next(self._numbers)}, initiator="bench")

    def start(self, name: str) -> int:
        """Start one task."""
        return tasker.create_task(self.request(name)).task_id

    def burst(self, name: str, number: int) -> list[int]:
        """Start so many, one after the other."""
        return [self.start(name) for _ in range(number)]

    def pending(self, ids: Sequence[int]) -> list[int]:
        """Those that are not complete."""
        rows = self.connection.exec_driver_sql(self._complete, (self._parameter(list(ids)),))
        complete = {row[0] for row in rows}
        return [task_id for task_id in ids if task_id not in complete]

    def wait(self, ids: Sequence[int], *, pause: float, patience: float = DRAIN_SECONDS) -> None:
        """Poll until all are complete.

        Raises:
            TimeoutError: they are not, after ``patience`` seconds.
        """
        give_up = time.monotonic() + patience
        left = self.pending(ids)
        while left:
            if time.monotonic() > give_up:
                raise TimeoutError(f"{len(left)} of {len(ids)} tasks are not complete after {patience:g} s")
            time.sleep(pause)
            left = self.pending(left)
