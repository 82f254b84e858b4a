"""What a run in memory came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..handlers import Annotation
from ..lifecycle import PROCESSED_STEP, StepStatus, TaskStatus
from ..typing import JsonValue

_WIDEST: Final = 60


@dataclass(frozen=True, kw_only=True)
class StepReport:
    """How one step ended.

    ``waits`` has the seconds that a worker would have waited before each further attempt; ``error`` is the text of the
    last failure, as the database would keep it.
    """

    status: StepStatus
    attempts: int = 0
    results: JsonValue = None
    error: str | None = None
    waits: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class RunReport:
    """How a task ended.

    Attributes:
        handler: the name of the task.
        status: ``complete`` or ``error``.
        steps: a report for every step, in the order in which the handler declares them.
        order: the steps whose handlers ran, in the order in which they ended.
        annotations: what ``update_annotations`` left, the latest of each type and step; each names its step.
    """

    handler: str
    status: TaskStatus
    steps: Mapping[str, StepReport]
    order: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()

    @property
    def results(self) -> Mapping[str, Any]:
        """The results of the steps that have some, by name."""
        return {name: step.results for name, step in self.steps.items() if step.status in PROCESSED_STEP}

    def __repr__(self) -> str:
        steps = ", ".join(f"{name} {step.status}" for name, step in self.steps.items())
        return f"<RunReport {self.handler} {self.status}: {steps}>"

    def __str__(self) -> str:
        """A table of the steps."""
        heads = ("step", "status", "attempts", "results or error")
        rows = [heads, *(_row(name, step) for name, step in self.steps.items())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"{self.handler}: {self.status}", *lines])


def _row(name: str, step: StepReport) -> tuple[str, str, str, str]:
    said = step.error if step.error is not None else "" if step.results is None else repr(step.results)
    return name, str(step.status), str(step.attempts), said if len(said) <= _WIDEST else f"{said[:_WIDEST]}..."
