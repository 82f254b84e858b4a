"""Purging: finished tasks that nobody needs any more, and idempotency keys whose time is up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from ..errors import ConfigurationError
from ..lifecycle import OPEN_TASK, TaskStatus
from ..store.purging import Batch, count_old_keys, count_old_tasks, purge_batch, purge_keys
from .runtime import Runtime

DEFAULT_STATUSES: Final = (TaskStatus.COMPLETE, TaskStatus.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Purged:
    """How many tasks were deleted, and how many were left because a foreign key of the host's holds them.

    ``keys`` is how many idempotency keys were deleted, beside those that went with their tasks.
    """

    deleted: int
    held: int
    keys: int = 0


@dataclass(frozen=True, kw_only=True)
class Purgeable:
    """How many tasks and idempotency keys would go; a foreign key of the host's may hold some of the tasks."""

    tasks: int
    keys: int


def purge(
    runtime: Runtime, *, older_than: float, statuses: Sequence[TaskStatus] = DEFAULT_STATUSES, batch: int = 1_000
) -> Purged:
    """Delete finished tasks that have not changed for ``older_than`` seconds, in transactions of ``batch`` tasks.

    Idempotency keys that are older than ``TASKER_IDEMPOTENCY_HOURS`` go as well, in batches of the same size.

    Raises:
        ConfigurationError: a status is not final.
    """
    _refuse_open(statuses)
    done = [one for status in dict.fromkeys(statuses) for one in _batches(runtime, status, older_than, batch)]
    return Purged(
        deleted=sum(one.deleted for one in done),
        held=sum(one.held for one in done),
        keys=_purge_keys(runtime, batch),
    )


def purgeable(runtime: Runtime, *, older_than: float, statuses: Sequence[TaskStatus] = DEFAULT_STATUSES) -> Purgeable:
    """Count what ``purge`` would delete now, and delete nothing.

    Raises:
        ConfigurationError: a status is not final.
    """
    _refuse_open(statuses)
    clock = runtime.database.clock
    counts = [
        partial(count_old_tasks, clock=clock, status=one, older_than=older_than) for one in dict.fromkeys(statuses)
    ]
    keys = partial(count_old_keys, clock=clock, older_than=runtime.settings.idempotency_seconds)
    return Purgeable(tasks=sum(map(runtime.database.read, counts)), keys=runtime.database.read(keys))


def _refuse_open(statuses: Sequence[TaskStatus]) -> None:
    if any(status in OPEN_TASK for status in statuses):
        raise ConfigurationError(f"only finished tasks can be purged, got {', '.join(statuses)}")


def _batches(runtime: Runtime, status: TaskStatus, older_than: float, limit: int) -> Iterator[Batch]:
    """Delete the tasks of one state, a batch at a time."""
    last: int | None = 0
    while last is not None:
        clock = runtime.database.clock
        ask = partial(purge_batch, clock=clock, status=status, older_than=older_than, after=last, limit=limit)
        done = runtime.database.transaction(ask)
        yield done
        last = done.last


def _purge_keys(runtime: Runtime, batch: int) -> int:
    seconds = runtime.settings.idempotency_seconds
    ask = partial(purge_keys, clock=runtime.database.clock, older_than=seconds, limit=batch)
    deleted = 0
    while (done := runtime.database.transaction(ask)) > 0:
        deleted += done
    return deleted
