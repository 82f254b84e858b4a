"""A task, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ..errors import UnknownStepError
from .annotation import Annotation
from .answer import LIST, MOMENT, Answer, list_of
from .step import Step

FINAL: Final = frozenset({"complete", "cancelled", "error", "resolved_manually"})
"""The statuses in which a task stays unless somebody does something about it."""


@dataclass(frozen=True, kw_only=True)
class Task(Answer):
    """One task with its steps, in the order in which the handler declares them, and its annotations.

    Attributes:
        status: ``pending in_progress error complete cancelled resolved_manually``.
        full_name: namespace, name and version in one text.
        percent_complete: how many of its steps are done, 0 to 100.
    """

    task_id: int
    name: str
    status: str
    initiator: str | None = None
    source_system: str | None = None
    context: Any = None
    reason: str | None = None
    bypass_steps: tuple[str, ...] = field(default=(), metadata=LIST)
    tags: tuple[str, ...] = field(default=(), metadata=LIST)
    requested_at: datetime | None = field(default=None, metadata=MOMENT)
    complete: bool = False
    workflow_steps: tuple[Step, ...] = field(default=(), metadata=list_of(Step.read))
    task_annotations: tuple[Annotation, ...] = field(default=(), metadata=list_of(Annotation.read))
    namespace: str | None = None
    version: str | None = None
    full_name: str | None = None
    created_at: datetime | None = field(default=None, metadata=MOMENT)
    updated_at: datetime | None = field(default=None, metadata=MOMENT)
    completed_at: datetime | None = field(default=None, metadata=MOMENT)
    percent_complete: int | None = None
    correlation_id: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether the task is complete, cancelled, failed for good or resolved by hand."""
        return self.status in FINAL

    def step(self, name: str) -> Step:
        """The step of that name.

        Raises:
            UnknownStepError: there is none; the message has the names there are.
        """
        for step in self.workflow_steps:
            if step.name == name:
                return step
        names = ", ".join(step.name for step in self.workflow_steps) or "none"
        raise UnknownStepError(f"task {self.task_id} ({self.name}) has no step {name!r}; its steps: {names}")
