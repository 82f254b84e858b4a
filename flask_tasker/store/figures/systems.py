"""Which dependent systems make steps fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

import sqlalchemy as sa

from ...models import WorkflowStep, WorkflowStepTransition
from ..tables import table_of
from .attempts import AttemptKind
from .scoped import beside

SYSTEMS: Final = 10
_TRACEBACK: Final = "Traceback (most recent call last):"


@dataclass(frozen=True, kw_only=True)
class FailingSystem:
    """A system on which attempts failed: how many of how many, and the latest of them."""

    name: str
    attempts: int
    failed: int
    last_error: str
    last_failed_at: datetime
    task_id: int
    step_name: str


def failing_systems(
    connection: sa.Connection, kinds: Sequence[AttemptKind], *, limit: int = SYSTEMS
) -> list[FailingSystem]:
    """The systems with most failed attempts among ``kinds``: one statement, for the latest failure of each."""
    by_name = groupby(sorted(kinds, key=attrgetter("system")), key=attrgetter("system"))
    systems = {name: list(theirs) for name, theirs in by_name}
    failing = sorted((name for name in systems if _failed(systems[name])), key=lambda name: -_failed(systems[name]))
    latest = {name: max(one.last_failure or 0 for one in systems[name]) for name in failing[:limit]}
    failures = _failures(connection, list(latest.values()))
    return [
        FailingSystem(
            name=name,
            attempts=sum(one.attempts for one in systems[name]),
            failed=_failed(systems[name]),
            last_error=first_line(failures[key].error),
            last_failed_at=failures[key].created_at,
            task_id=failures[key].task_id,
            step_name=failures[key].name,
        )
        for name, key in latest.items()
        # It may have been purged meanwhile.
        if key in failures
    ]


def first_line(told: str) -> str:
    """What an error says first; of a traceback, what the exception says after its last frame."""
    _, is_traceback, frames = told.rpartition(_TRACEBACK)
    lines = [line for line in frames.splitlines() if line.strip()]
    if is_traceback:
        lines = [line for line in lines if not line.startswith((" ", "..."))] or lines
    return lines[0].strip() if lines else ""


def _failed(kinds: Sequence[AttemptKind]) -> int:
    return sum(one.failed for one in kinds)


def _failures(connection: sa.Connection, keys: Sequence[int]) -> dict[int, sa.Row[int, str, datetime, int, str]]:
    changes, steps = table_of(WorkflowStepTransition), table_of(WorkflowStep)
    key = changes.c.workflow_step_transition_id
    columns = (key, changes.c.workflow_step_id, changes.c.error, changes.c.created_at)
    failed = sa.select(*columns).where(key.in_(keys)).subquery("failed")
    step, both = beside(connection, failed, key=steps.c.workflow_step_id, value=failed.c.workflow_step_id, name="step")
    rows = connection.execute(sa.select(failed, step.c.task_id, step.c.name).select_from(both))
    return {row.workflow_step_transition_id: row for row in rows}
