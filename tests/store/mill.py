"""A workload whose clock stands still but where its steps move it: what comes of it is known to the millisecond."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask_tasker import Backoff, HandlerFactory, PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import Runtime, create_task, drain
from flask_tasker.handlers import TaskRequest
from flask_tasker.store.database import Database
from tests.host.shop import shop_on
from tests.model.clock import MovableClock

NOW: Final = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
RETRY_SECONDS: Final = 60.0


@dataclass
class Mill:
    """The engine of one process, and its clock; between runs it is ``NOW``."""

    runtime: Runtime
    clock: MovableClock
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def database(self) -> Database:
        """The database under that clock."""
        return self.runtime.database

    def start(self, name: str, *, ago: float = 0.0, owner: str | None = None, **context: Any) -> int:
        """Start a task so many seconds ago, and leave it to wait."""
        self.clock.moment = NOW - timedelta(seconds=ago)
        context |= {"number": next(self._numbers)}
        task_id = create_task(self.runtime, TaskRequest(name=name, context=context), owner=owner).task_id
        self.clock.moment = NOW
        return task_id

    def run(self, name: str, *, ago: float, owner: str | None = None, **context: Any) -> int:
        """Start a task so many seconds ago, and work on it until nothing of it is due then."""
        task_id = self.start(name, ago=ago, owner=owner, **context)
        self.work(ago=ago)
        return task_id

    def work(self, *, ago: float) -> None:
        """Work on all that was due so many seconds ago."""
        self.clock.moment = NOW - timedelta(seconds=ago)
        drain(self.runtime)
        self.clock.moment = NOW


@contextmanager
def mill_on(url: str) -> Iterator[Mill]:
    """On an empty database that has the tables."""
    clock = MovableClock(NOW)
    with shop_on(url, handlers=_handlers(clock)) as shop:
        runtime = shop.state.runtime
        yield Mill(replace(runtime, database=runtime.database.at(clock)), clock)


def _handlers(clock: MovableClock) -> HandlerFactory:
    """``copy``: one takes ``seconds``, then two twice as long; ``pay``: fails as often as there are ``errors``."""
    factory = HandlerFactory()

    @task_handler("copy", dependent_system="shop", factory=factory)
    class Copy(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> None:
            clock.forward(run.context["seconds"])

        @step(depends_on=one, dependent_system="ledger")
        def two(self, run: StepRun[Any]) -> None:
            clock.forward(2 * run.context["seconds"])

    @task_handler("pay", dependent_system="bank", factory=factory)
    class Pay(TaskHandler[Any]):
        @step(retry=Retry(limit=3, backoff=Backoff(base=timedelta(seconds=RETRY_SECONDS), factor=1, jitter=0)))
        def charge(self, run: StepRun[Any]) -> None:
            clock.forward(run.context.get("seconds", 0.0))
            errors = run.context.get("errors", [])
            if run.attempt <= len(errors):
                raise ConnectionError(errors[run.attempt - 1])
            if run.context.get("refused"):
                raise PermanentError(run.context["refused"])

    return factory
