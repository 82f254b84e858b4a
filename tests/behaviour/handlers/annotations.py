"""Handlers that leave notes."""

from __future__ import annotations

from collections.abc import Iterable

from flask_tasker import Annotation, StepRun, StepSequence, TaskHandler, step, task_handler
from tests.behaviour.handlers.directions import follow
from tests.behaviour.handlers.graphs import SOON
from tests.behaviour.handlers.registry import HANDLERS


class TwoSteps(TaskHandler):
    """Two steps in a row."""

    @step(retry=SOON)
    def one(self, run: StepRun) -> int:
        """Do what the context directs."""
        follow(run)
        return 1

    @step(depends_on=one, retry=SOON)
    def two(self, run: StepRun) -> int:
        """Do what the context directs."""
        follow(run)
        return 2


@task_handler("counting", factory=HANDLERS)
class Counting(TwoSteps):
    """Notes how many steps are complete: of the task as a whole on its first step, and of each step on itself."""

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        """Two notes after each outcome."""
        yield Annotation("progress", {"complete": len(sequence.complete())}, step="one")
        yield Annotation("seen", {"complete": [done.name for done in sequence.complete()]})


@task_handler("tattling", factory=HANDLERS)
class Tattling(TwoSteps):
    """Notes each failure, with how often it was tried."""

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        """A note for each step that failed last."""
        for failed in sequence.failed():
            yield Annotation("failure", {"attempts": failed.attempts, "error": failed.error}, step=failed.name)


@task_handler("stumbling", factory=HANDLERS)
class Stumbling(TwoSteps):
    """Cannot leave its notes."""

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        """Fail after the first."""
        yield Annotation("progress", {"complete": len(sequence.complete())})
        raise RuntimeError("no notes today")


@task_handler("steady", factory=HANDLERS)
class Steady(TwoSteps):
    """Says the same after each outcome."""

    def update_annotations(self, sequence: StepSequence) -> Iterable[Annotation]:
        """One note, always on the first step."""
        yield Annotation("size", {"steps": len(sequence), "of": "steady"}, step="one")
