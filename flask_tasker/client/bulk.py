"""What one verb for many tasks came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .answer import LIST, Answer


@dataclass(frozen=True, kw_only=True)
class BulkResult(Answer):
    """Which tasks a bulk verb changed, or would change in a dry run.

    ``skipped`` is what the server says about those that matched and were left alone.
    """

    action: str
    dry_run: bool
    count: int
    task_ids: tuple[int, ...] = field(default=(), metadata=LIST)
    skipped: Any = None
