"""Handlers that fail as they are told, for tests of what operators do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_tasker import Backoff, PermanentError, Retry, StepRun, TaskHandler, step, task_handler

HOURS = Retry(limit=3, backoff=Backoff(base=timedelta(hours=1), maximum=timedelta(hours=1)))


def obey(run: StepRun) -> str:
    """Fail as the context says: ``{"fail": {"one": "for good"}}``; other steps return their name."""
    wanted = run.context.get("fail", {}).get(run.name)
    if wanted == "for good":
        raise PermanentError("as told")
    if wanted == "for now":
        raise ConnectionError("as told")
    return run.name


def chain() -> type[TaskHandler[Any]]:
    """one -> two -> three."""

    @task_handler("chain")
    class Chain(TaskHandler):
        @step(retry=HOURS)
        def one(self, run: StepRun) -> str:
            return obey(run)

        @step(depends_on=one, retry=HOURS)
        def two(self, run: StepRun) -> str:
            return f"{run.result(self.one)} {obey(run)}"

        @step(depends_on=two, retry=HOURS)
        def three(self, run: StepRun) -> str:
            return f"{run.result(self.two)} {obey(run)}"

    return Chain


def fork() -> type[TaskHandler[Any]]:
    """left and right, and join after both."""

    @task_handler("fork")
    class Fork(TaskHandler):
        @step(retry=HOURS)
        def left(self, run: StepRun) -> str:
            return obey(run)

        @step(retry=HOURS)
        def right(self, run: StepRun) -> str:
            return obey(run)

        @step(depends_on=[left, right], retry=HOURS)
        def join(self, run: StepRun) -> str:
            return f"{run.result(self.left)} {run.result(self.right)}"

    return Fork


def failing(**steps: str) -> dict[str, Any]:
    """The context in which these steps fail ``for good`` or ``for now``."""
    return {"fail": steps}
