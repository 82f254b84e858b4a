"""How many tasks there are, by state and by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ...lifecycle import TaskStatus
from ...models import NamedTask, Task
from ...typing import HandlerKey
from ..tables import table_of
from .scoped import Owners, newest_tasks

TASKS: Final = 5_000
"""So many tasks of each state are counted at most, the newest; of a tenant, so many in all."""


@dataclass(frozen=True, kw_only=True)
class KindCount:
    """How many of the counted tasks of one kind are in which state; a state that none is in is left out."""

    kind: HandlerKey
    by_status: Mapping[str, int]

    @property
    def total(self) -> int:
        """In any state."""
        return sum(self.by_status.values())


@dataclass(frozen=True, kw_only=True)
class TaskCounts:
    """Tasks by state and by kind.

    Attributes:
        kinds: those with most tasks first.
        by_status: every state.
        at_least: the states of which there may be more tasks than the newest, which were counted.
        limit: how many are counted at most: of each state, or of a tenant in all.
    """

    kinds: Sequence[KindCount]
    by_status: Mapping[str, int]
    at_least: frozenset[str]
    limit: int


def task_counts(connection: sa.Connection, *, owners: Owners = None, limit: int = TASKS) -> TaskCounts:
    """Tasks by state and by kind: one statement."""
    rows = connection.execute(_counted(connection, owners, limit)).all()
    by_kind: dict[HandlerKey, Counter[str]] = {}
    for row in rows:
        by_kind.setdefault((row.namespace, row.name, row.version), Counter())[row.status] += row.number
    kinds = [KindCount(kind=kind, by_status=counts) for kind, counts in sorted(by_kind.items())]
    by_status = {str(status): sum(counts[status] for counts in by_kind.values()) for status in TaskStatus}
    return TaskCounts(
        kinds=sorted(kinds, key=lambda one: -one.total),
        by_status=by_status,
        at_least=_at_least(by_status, owners, limit),
        limit=limit,
    )


def _counted(connection: sa.Connection, owners: Owners, limit: int) -> sa.Select[Any]:
    tasks, kinds = table_of(Task), table_of(NamedTask)
    if owners is None:
        newest = newest_tasks(connection, tasks.c.status, list(TaskStatus), limit=limit)
    else:
        newest = newest_tasks(connection, tasks.c.owner, sorted(owners), limit=_share(owners, limit))
    some = newest.subquery("some")
    number = sa.func.count().label("number")
    counted = sa.select(some.c.named_task_id, some.c.status, number).group_by(some.c.named_task_id, some.c.status)
    counts = counted.subquery("counts")
    return sa.select(kinds.c.namespace, kinds.c.name, kinds.c.version, counts.c.status, counts.c.number).join(
        kinds, kinds.c.named_task_id == counts.c.named_task_id
    )


def _share(owners: Owners, limit: int) -> int:
    return max(1, limit // max(1, len(owners or ())))


def _at_least(by_status: Mapping[str, int], owners: Owners, limit: int) -> frozenset[str]:
    if owners is None:
        return frozenset(status for status, number in by_status.items() if number >= limit)
    # Any of the owners may have more than their share.
    return frozenset(by_status if sum(by_status.values()) >= _share(owners, limit) else ())
