"""What one verb for many tasks came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from .answer import LIST, Answer


@dataclass(frozen=True, kw_only=True)
class BulkResult(Answer):
    """Which tasks a bulk verb changed, or would change in a dry run.

    ``skipped`` are those that matched and whose state had changed when it was their turn; ``more`` says that more match
    than were looked at.
    """

    action: str
    dry_run: bool
    count: int
    task_ids: tuple[int, ...] = field(default=(), metadata=LIST)
    skipped: tuple[int, ...] = field(default=(), metadata=LIST)
    more: bool = False
