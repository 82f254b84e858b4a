"""The states of tasks and steps."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class TaskStatus(StrEnum):
    """Where a task stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    ERROR = "error"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    RESOLVED_MANUALLY = "resolved_manually"


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    ERROR = "error"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    RESOLVED_MANUALLY = "resolved_manually"
    SKIPPED = "skipped"


OPEN_TASK: Final = (TaskStatus.PENDING, TaskStatus.IN_PROGRESS)
"""States in which a task still waits for its steps."""

DONE_STEP: Final = (StepStatus.COMPLETE, StepStatus.CANCELLED, StepStatus.RESOLVED_MANUALLY, StepStatus.SKIPPED)
"""States in which a step lets its children run."""

OPEN_STEP: Final = (StepStatus.PENDING, StepStatus.IN_PROGRESS, StepStatus.ERROR)
"""States in which a step holds its children back."""

PROCESSED_STEP: Final = (StepStatus.COMPLETE, StepStatus.RESOLVED_MANUALLY)
"""States that may carry results."""
