"""Purging: finished tasks that nobody needs any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from ..errors import ConfigurationError
from ..lifecycle import OPEN_TASK, TaskStatus
from ..store.purging import purge_batch
from .runtime import Runtime

DEFAULT_STATUSES: Final = (TaskStatus.COMPLETE, TaskStatus.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Purged:
    """How many tasks were deleted, and how many were left because a foreign key of the host's holds them."""

    deleted: int
    held: int


def purge(
    runtime: Runtime, *, older_than: float, statuses: Sequence[TaskStatus] = DEFAULT_STATUSES, batch: int = 1_000
) -> Purged:
    """Delete finished tasks that have not changed for ``older_than`` seconds, in transactions of ``batch`` tasks.

    Raises:
        ConfigurationError: a status is not final.
    """
    if any(status in OPEN_TASK for status in statuses):
        raise ConfigurationError(f"only finished tasks can be purged, got {', '.join(statuses)}")
    deleted = held = after = 0
    while True:
        ask = partial(
            purge_batch,
            clock=runtime.database.clock,
            statuses=list(statuses),
            older_than=older_than,
            after=after,
            limit=batch,
        )
        done = runtime.database.transaction(ask)
        deleted, held = deleted + done.deleted, held + done.held
        if done.last is None:
            return Purged(deleted=deleted, held=held)
        after = done.last
