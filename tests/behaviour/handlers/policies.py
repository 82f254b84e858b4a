"""Steps with a retry policy each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask_tasker import NO_RETRY, Backoff, Retry, StepRun, StepTemplate, TaskHandler, TaskView, step, task_handler
from tests.behaviour.handlers.directions import follow
from tests.behaviour.handlers.registry import HANDLERS

ONE_SECOND: Final = Backoff(base=timedelta(seconds=1), factor=1, jitter=0)
AT_ONCE: Final = Backoff(base=timedelta(0))


@task_handler("single_try", factory=HANDLERS)
class SingleTry(TaskHandler):
    """A step that is tried once."""

    @step(retry=NO_RETRY)
    def only(self, run: StepRun) -> None:
        """Do what the context directs."""
        follow(run)


@task_handler("choosy", factory=HANDLERS)
class Choosy(TaskHandler):
    """A step that is tried again after one kind of exception only."""

    @step(retry=Retry(limit=3, backoff=AT_ONCE, on=(ConnectionError,)))
    def only(self, run: StepRun) -> None:
        """Do what the context directs."""
        follow(run)


@task_handler("unhurried", factory=HANDLERS)
class Unhurried(TaskHandler):
    """A step that waits for a second between attempts."""

    @step(retry=Retry(limit=3, backoff=ONE_SECOND))
    def only(self, run: StepRun) -> int:
        """Do what the context directs."""
        follow(run)
        return run.attempt


class Failing:
    """A step of the second form that fails."""

    def handle(self, task: TaskView, sequence: Any, step: Any) -> None:
        """Fail."""
        raise ValueError("as always")


@task_handler("stubborn", factory=HANDLERS)
class Stubborn(TaskHandler):
    """A step of the second form that is not retryable, whatever its limit."""

    step_templates = (StepTemplate(name="only", default_retryable=False, default_retry_limit=3, handler_class=Failing),)
