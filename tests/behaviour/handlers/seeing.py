"""Steps that look at the steps before them, and steps that return what is no JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_tasker import NO_RETRY, StepRun, TaskHandler, step, task_handler
from tests.behaviour.handlers.registry import HANDLERS

NO_JSON: Final[Mapping[str, Callable[[], Any]]] = {
    "a set": lambda: {1, 2},
    "bytes": lambda: b"bytes",
    "not a number": lambda: float("nan"),
    "an object": object,
    "a nul": lambda: "a\x00b",
    "half a surrogate pair": lambda: "\ud800",
}


@task_handler("odd_results", factory=HANDLERS)
class OddResults(TaskHandler):
    """Returns what the context names."""

    @step
    def only(self, run: StepRun) -> Any:
        """Something that no database can hold as JSON."""
        return NO_JSON[run.context["what"]]()


@task_handler("plain_results", factory=HANDLERS)
class PlainResults(TaskHandler):
    """Returns what the context holds."""

    @step
    def first(self, run: StepRun) -> Any:
        """The value."""
        return run.context["value"]

    @step(depends_on=first)
    def second(self, run: StepRun) -> Any:
        """What the first step returned, as this one reads it."""
        return {"read": run.result(self.first)}


@task_handler("reader", factory=HANDLERS)
class Reader(TaskHandler):
    """Reads results of steps near and far."""

    @step
    def far(self, run: StepRun) -> str:
        """A result for others."""
        return "from far"

    @step
    def stranger(self, run: StepRun) -> str:
        """A result that the last step has no claim to."""
        return "from a stranger"

    @step(depends_on=far)
    def near(self, run: StepRun) -> str:
        """A result for others."""
        return "from near"

    @step(depends_on=near)
    def last(self, run: StepRun) -> list[str]:
        """What the parent and the grandparent returned."""
        return [run.result(self.near), run.result(self.far)]

    @step(depends_on=near, retry=NO_RETRY)
    def nosy(self, run: StepRun) -> str:
        """Try to read what it does not depend on."""
        return run.result(self.stranger)


@task_handler("observer", factory=HANDLERS)
class Observer(TaskHandler):
    """Looks at the whole task from its middle."""

    @step
    def first(self, run: StepRun) -> int:
        """A result."""
        return 1

    @step(depends_on=first)
    def middle(self, run: StepRun) -> dict[str, Any]:
        """How the task's steps stand."""
        sequence = run.sequence
        return {
            "all": [seen.name for seen in sequence],
            "complete": [seen.name for seen in sequence.complete()],
            "ready": [seen.name for seen in sequence.ready()],
            "failed": [seen.name for seen in sequence.failed()],
            "me": [sequence["middle"].status, sequence["middle"].attempts],
            "first": sequence["first"].results,
        }

    @step(depends_on=middle)
    def last(self, run: StepRun) -> int:
        """A result."""
        return 3
