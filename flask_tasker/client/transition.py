"""One change of state in a task's history, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .answer import MOMENT, Answer


@dataclass(frozen=True, kw_only=True)
class Transition(Answer):
    """A change of a task's state, or of one of its steps' where ``workflow_step_id`` says which; by whom and why."""

    from_status: str | None = None
    to_status: str | None = None
    workflow_step_id: int | None = None
    step_name: str | None = None
    attempt: int | None = None
    actor: str | None = None
    reason: str | None = None
    error: str | None = None
    created_at: datetime | None = field(default=None, metadata=MOMENT)
