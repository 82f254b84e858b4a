"""Starts tasks at a steady pace, whatever is down at the moment; loses none and doubles none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa

from flask_tasker import DuplicateTaskError
from flask_tasker.models import Task
from tests.torture.plans import TaskPlan
from tests.torture.tally import Tally

SECONDS_BETWEEN_TRIES: Final = 0.1
STARTED: Final = "tasks started"
ABANDONED: Final = "tasks whose transaction was rolled back"
TRIED_AGAIN: Final = "starts tried again, since the first try failed"
FOUND: Final = "starts whose answer was lost, and whose task was found"


class StartFailed(Exception):
    """A start failed for a reason that is among those expected: the database or the server is away."""


class Starter:
    """A thread that starts tasks, so many a second.

    ``start`` starts one, or raises ``StartFailed``. Then it is looked up by its key, until it is known whether its row
    is there: only what is not there is started again.
    """

    def __init__(
        self,
        start: Callable[[TaskPlan], None],
        engine: sa.Engine,
        plans: Sequence[TaskPlan],
        *,
        pace: float,
        tally: Tally,
    ) -> None:
        self.failure: BaseException | None = None
        self._start = start
        self._engine = engine
        self._plans = plans
        self._pace = pace
        self._tally = tally
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="torture-starter", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, whatever is not started."""
        self._stopping.set()
        self._thread.join()

    def finish(self, within: float) -> None:
        """Wait until every task is started.

        Raises:
            BaseException: what went wrong in the thread.
        """
        self._thread.join(within)
        self.stop()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        began = time.monotonic()
        try:
            for place, plan in enumerate(self._plans):
                if self._stopping.wait(began + place / self._pace - time.monotonic()):
                    raise TimeoutError(f"only {place} of {len(self._plans)} tasks could be started")
                self._surely(plan)
        except BaseException as error:
            self.failure = error

    def _surely(self, plan: TaskPlan) -> None:
        while not self._try(plan):
            self._tally.add(TRIED_AGAIN)
            if self._stopping.wait(SECONDS_BETWEEN_TRIES):
                raise TimeoutError(f"the task of {plan} could not be started")
        self._tally.add(ABANDONED if plan.abandoned else STARTED)

    def _try(self, plan: TaskPlan) -> bool:
        try:
            self._start(plan)
        except DuplicateTaskError:
            self._tally.add(FOUND)
        except StartFailed:
            if not self._is_there(plan.key):
                return False
            self._tally.add(FOUND)
        return True

    def _is_there(self, key: str) -> bool:
        query = sa.select(Task.task_id).where(Task.context["key"].as_string() == key)
        while not self._stopping.wait(SECONDS_BETWEEN_TRIES):
            try:
                with self._engine.connect() as connection:
                    return connection.scalar(query) is not None
            except sa.exc.OperationalError:
                continue
        raise TimeoutError(f"it could not be found out whether there is a task {key}")
