"""Writing a new task: its row, its steps and their edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..handlers import StepGraph, TaskRequest
from ..lifecycle import StepStatus, TaskStatus
from ..models import Task, WorkflowStep, WorkflowStepEdge
from .clock import Clock
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """What is to be written about a task itself."""

    request: TaskRequest
    named_task_id: int
    identity_hash: str
    owner: str | None = None


def insert_task(connection: sa.Connection, clock: Clock, new: NewTask) -> Mapping[str, Any] | None:
    """Write the task's row and give it back; ``None`` where an identical one stands in this calendar minute.

    A duplicate leaves the transaction usable: the conflict is no error to the database.
    """
    request = new.request
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    now = clock.now()
    statement = (
        dialect.insert(Task)
        .values(
            named_task_id=new.named_task_id,
            status=TaskStatus.PENDING,
            context=request.context,
            initiator=request.initiator,
            source_system=request.source_system,
            reason=request.reason,
            tags=list(request.tags),
            bypass_steps=list(request.bypass_steps),
            owner=new.owner,
            correlation_id=request.correlation_id,
            identity_hash=new.identity_hash,
            identity_minute=_minute(connection, now),
            requested_at=request.requested_at if request.requested_at is not None else now,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["identity_hash", "identity_minute"])
        .returning(*table_of(Task).c)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def insert_steps(
    connection: sa.Connection,
    *,
    task_id: int,
    graph: StepGraph,
    statuses: Mapping[str, StepStatus],
    ready: Sequence[str],
    named_step_ids: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """Write all steps of a task at once, in the order of ``graph``, and give back their keys by name.

    ``now`` is the database's, as the task's row came back with it.
    """
    claimable = set(ready)
    rows = [
        {
            "task_id": task_id,
            "named_step_id": named_step_ids[name],
            "name": name,
            "map_index": 0,
            "status": statuses[name],
            "attempts": 0,
            "retry_limit": template.default_retry_limit,
            "retryable": template.default_retryable,
            "skippable": template.skippable,
            "timeout_seconds": None if template.timeout is None else template.timeout.total_seconds(),
            "next_attempt_at": now if name in claimable else None,
            "created_at": now,
            "updated_at": now,
        }
        for name, template in graph.templates.items()
    ]
    steps = table_of(WorkflowStep)
    statement = steps.insert().returning(steps.c.workflow_step_id, sort_by_parameter_order=True)
    ids = connection.scalars(statement, rows).all()
    return dict(zip(graph.templates, ids, strict=True))


def insert_edges(connection: sa.Connection, graph: StepGraph, ids: Mapping[str, int]) -> None:
    """Write which step waits for which."""
    rows = [
        {"parent_step_id": ids[parent], "child_step_id": ids[name]}
        for name, parents in graph.parents.items()
        for parent in parents
    ]
    if rows:
        connection.execute(table_of(WorkflowStepEdge).insert(), rows)


def _minute(connection: sa.Connection, now: sa.ColumnElement[datetime]) -> Any:
    if connection.dialect.name == "postgresql":
        # In UTC, whatever the session's time zone: some zones are off by half an hour, none by half a minute.
        return sa.func.date_trunc("minute", now)
    return sa.func.strftime("%Y-%m-%d %H:%M:00.000", now)
