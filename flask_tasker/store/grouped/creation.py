"""Writing new tasks with their steps and edges, one task or a hundred at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from ...handlers import TaskRequest
from ...lifecycle import TaskStatus
from ..clock import Clock
from ..creation import NewTask
from ..moments import reading_of
from .arrays import as_array
from .creating import creating
from .prepared import Prepared
from .stencil import Stencil


@dataclass(frozen=True, kw_only=True)
class NewSteps:
    """A task that is to be written, none of whose steps is bypassed, and the steps that it is to have."""

    task: NewTask
    stencil: Stencil


@dataclass(frozen=True, kw_only=True)
class Written:
    """A task that was written: its row, and the keys of its steps by name."""

    row: Mapping[str, Any]
    step_ids: Mapping[str, int]


def create_many(connection: sa.Connection, clock: Clock, new: Sequence[NewSteps]) -> list[Written | None]:
    """Write tasks, and give them back in the same order; ``None`` where an identical one stands in this minute.

    No two of ``new`` may be identical.
    """
    found = _found(connection, clock, new)
    rows = {row.position: row for row in found}
    step_ids = list(found[0].step_ids) if found else []
    written: list[Written | None] = []
    first = 0
    for position, one in enumerate(new, start=1):
        row, names = rows.get(position), one.stencil.names
        keys = dict(zip(names, step_ids[first : first + len(names)], strict=True)) if found else {}
        written.append(None if row is None else Written(row=_row(one.task, row), step_ids=keys))
        first += len(names)
    return written


def _found(connection: sa.Connection, clock: Clock, new: Sequence[NewSteps]) -> Sequence[sa.Row[Any]]:
    if len(new) == 1 and (alone := new[0].stencil.statement) is not None:
        return alone.run(connection, {**reading_of(clock), **_task(new[0].task)})
    tasks = [_task(one.task) for one in new]
    columns = {name: [task[name] for task in tasks] for name in tasks[0]}
    return _CREATE.run(connection, {**reading_of(clock), **columns, **_steps(new), **_edges(new)})


def _task(new: NewTask) -> dict[str, Any]:
    request = new.request
    return {
        "kinds": new.named_task_id,
        "contexts": json.dumps(request.context),
        "initiators": request.initiator,
        "source_systems": request.source_system,
        "reasons": request.reason,
        "tags": json.dumps(list(request.tags)),
        "owners": new.owner,
        "correlation_ids": request.correlation_id,
        "identities": new.identity_hash,
        "requested": _iso(request),
        "trace_contexts": new.trace_context,
    }


def _iso(request: TaskRequest) -> str | None:
    return None if request.requested_at is None else request.requested_at.astimezone(UTC).isoformat()


def _steps(new: Sequence[NewSteps]) -> dict[str, list[Any]]:
    tasks = [position for position, one in enumerate(new, start=1) for _ in one.stencil.names]
    columns = {name: [value for one in new for value in one.stencil.steps[name]] for name in new[0].stencil.steps}
    return {"step_tasks": tasks, **columns}


def _edges(new: Sequence[NewSteps]) -> dict[str, list[int]]:
    """Edges by the places of their ends among all steps."""
    tasks, parents, children = list[int](), list[int](), list[int]()
    before = 0
    for position, one in enumerate(new, start=1):
        tasks.extend([position] * len(one.stencil.edges))
        parents.extend(before + parent for parent, _ in one.stencil.edges)
        children.extend(before + child for _, child in one.stencil.edges)
        before += len(one.stencil.names)
    return {"edge_tasks": tasks, "edge_parents": parents, "edge_children": children}


def _row(new: NewTask, row: sa.Row[Any]) -> dict[str, Any]:
    request = new.request
    return {
        "task_id": row.task_id,
        "named_task_id": new.named_task_id,
        "status": TaskStatus.PENDING,
        "context": request.context,
        "initiator": request.initiator,
        "source_system": request.source_system,
        "reason": request.reason,
        "tags": list(request.tags),
        "bypass_steps": [],
        "owner": new.owner,
        "correlation_id": request.correlation_id,
        "identity_hash": new.identity_hash,
        "identity_minute": _utc(row.identity_minute),
        "requested_at": _utc(row.requested_at),
        "created_at": _utc(row.created_at),
        "updated_at": _utc(row.created_at),
        "completed_at": None,
        "trace_context": new.trace_context,
    }


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


_CREATE: Final = Prepared("tasker_create_2", creating(tasks=as_array, steps=as_array))
