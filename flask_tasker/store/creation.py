"""Writing a new task: its row, its steps and their edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ..handlers import StepGraph, TaskRequest
from ..lifecycle import StepStatus, TaskStatus
from ..models import Task, WorkflowStep, WorkflowStepEdge
from .clock import Clock
from .moments import present, reading_of
from .tables import table_of


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """What is to be written about a task itself.

    Attributes:
        trace_context: the trace in which it is created, as text, at most ``TRACE_CONTEXT`` characters of it.
    """

    request: TaskRequest
    named_task_id: int
    identity_hash: str
    owner: str | None = None
    trace_context: str | None = None


def insert_task(connection: sa.Connection, clock: Clock, new: NewTask) -> Mapping[str, Any] | None:
    """Write the task's row and give it back; ``None`` where an identical one stands in this calendar minute.

    A duplicate leaves the transaction usable: the conflict is no error to the database.
    """
    request = new.request
    values = {
        "named_task_id": new.named_task_id,
        "status": TaskStatus.PENDING,
        "context": request.context,
        "initiator": request.initiator,
        "source_system": request.source_system,
        "reason": request.reason,
        "tags": list(request.tags),
        "bypass_steps": list(request.bypass_steps),
        "owner": new.owner,
        "correlation_id": request.correlation_id,
        "identity_hash": new.identity_hash,
        "trace_context": new.trace_context,
    }
    if request.requested_at is not None:
        values["requested_at"] = request.requested_at
    statement = _task(connection.dialect.name, requested_now=request.requested_at is None)
    row = connection.execute(statement, {**values, **reading_of(clock)}).mappings().one_or_none()
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
    ids = connection.scalars(_steps(), rows).all()
    return dict(zip(graph.templates, ids, strict=True))


def insert_edges(connection: sa.Connection, graph: StepGraph, ids: Mapping[str, int]) -> None:
    """Write which step waits for which."""
    rows = [
        {"parent_step_id": ids[parent], "child_step_id": ids[name]}
        for name, parents in graph.parents.items()
        for parent in parents
    ]
    if rows:
        connection.execute(_edge(), rows)


@cache
def _task(dialect: str, *, requested_now: bool) -> sa.Executable:
    """The task's row; what is not set here is a parameter by the name of its column."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    now = present()
    return (
        insert(Task)
        .values(
            identity_minute=_minute(dialect, now),
            created_at=now,
            updated_at=now,
            **({"requested_at": now} if requested_now else {}),
        )
        .on_conflict_do_nothing(index_elements=["identity_hash", "identity_minute"])
        .returning(*table_of(Task).c)
    )


@cache
def _steps() -> sa.Executable:
    steps = table_of(WorkflowStep)
    return steps.insert().returning(steps.c.workflow_step_id, sort_by_parameter_order=True)


@cache
def _edge() -> sa.Insert:
    return table_of(WorkflowStepEdge).insert()


def _minute(dialect: str, now: sa.ColumnElement[datetime]) -> Any:
    if dialect == "postgresql":
        # In UTC, whatever the session's time zone: some zones are off by half an hour, none by half a minute.
        return sa.func.date_trunc("minute", now)
    return sa.func.strftime("%Y-%m-%d %H:%M:00.000", now)
