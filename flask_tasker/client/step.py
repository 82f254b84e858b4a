"""A step of a task, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .answer import LIST, MOMENT, Answer


@dataclass(frozen=True, kw_only=True)
class Step(Answer):
    """One step of one task.

    Attributes:
        status: ``pending in_progress error complete cancelled resolved_manually skipped``.
        depends_on_step_id: the parent where there is exactly one; ``depends_on_step_ids`` has them all.
        processed: it is complete, or was resolved by hand.
        in_process: a worker is at it.
        error: the message of its last failure.
        backoff_request_seconds, timeout_seconds: in seconds, as they say.
    """

    task_id: int
    workflow_step_id: int
    name: str
    status: str
    named_step_id: int | None = None
    depends_on_step_id: int | None = None
    attempts: int = 0
    skippable: bool = False
    retryable: bool = True
    retry_limit: int | None = None
    processed: bool = False
    processed_at: datetime | None = field(default=None, metadata=MOMENT)
    in_process: bool = False
    backoff_request_seconds: float | None = None
    last_attempted_at: datetime | None = field(default=None, metadata=MOMENT)
    inputs: Any = None
    results: Any = None
    depends_on_step_ids: tuple[int, ...] = field(default=(), metadata=LIST)
    next_attempt_at: datetime | None = field(default=None, metadata=MOMENT)
    error: str | None = None
    timeout_seconds: float | None = None
    dependent_system: str | None = None
