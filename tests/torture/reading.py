"""Reading all of it, by none of the engine's own queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from flask_tasker.models import (
    NamedTask,
    Task,
    TaskTransition,
    WorkflowStep,
    WorkflowStepEdge,
    WorkflowStepTransition,
)
from tests.torture.records import Everything, Move, StepRecord, TaskRecord
from tests.torture.tables import effects, ledger, orders


def read_everything(engine: sa.Engine) -> Everything:
    """Every task with its steps, its history and its side effects."""
    with engine.connect() as connection:
        moves, marks = _step_moves(connection), {table: _attempts(connection, table) for table in (ledger, effects)}
        steps = _steps(connection, moves, marks[ledger], marks[effects])
        of_tasks = _task_moves(connection)
        rows = connection.execute(
            sa.select(Task.task_id, Task.status, Task.context, NamedTask.name).join(
                NamedTask, NamedTask.named_task_id == Task.named_task_id
            )
        )
        tasks = [
            TaskRecord(
                task_id=row.task_id,
                key=row.context["key"],
                kind=row.name,
                status=row.status,
                history=of_tasks[row.task_id],
                steps=steps[row.task_id],
            )
            for row in rows
        ]
        ordered = [(row.key, row.task_id) for row in connection.execute(sa.select(orders.c.key, orders.c.task_id))]
    known = {step.step_id for task in tasks for step in task.steps.values()}
    strays = sum(len(found) for table in marks.values() for step_id, found in table.items() if step_id not in known)
    return Everything(tasks=tasks, orders=ordered, stray_rows=strays)


def _steps(
    connection: sa.Connection,
    moves: Mapping[int, Sequence[Move]],
    booked: Mapping[int, Sequence[int]],
    seen: Mapping[int, Sequence[int]],
) -> Mapping[int, dict[str, StepRecord]]:
    rows = connection.execute(sa.select(*WorkflowStep.__table__.c).order_by(WorkflowStep.workflow_step_id)).all()
    names = {row.workflow_step_id: row.name for row in rows}
    parents = defaultdict[int, list[str]](list)
    for edge in connection.execute(sa.select(WorkflowStepEdge.parent_step_id, WorkflowStepEdge.child_step_id)):
        parents[edge.child_step_id].append(names[edge.parent_step_id])
    found = defaultdict[int, dict[str, StepRecord]](dict)
    for row in rows:
        found[row.task_id][row.name] = StepRecord(
            step_id=row.workflow_step_id,
            name=row.name,
            status=row.status,
            attempts=row.attempts,
            results=row.results,
            is_leased=not (row.lease_token is None and row.leased_until is None and row.leased_by is None),
            is_due=row.next_attempt_at is not None,
            parents=parents[row.workflow_step_id],
            history=moves[row.workflow_step_id],
            ledger=booked[row.workflow_step_id],
            effects=seen[row.workflow_step_id],
        )
    return found


def _step_moves(connection: sa.Connection) -> Mapping[int, list[Move]]:
    table = WorkflowStepTransition
    columns = (
        table.workflow_step_id.label("owner"),
        table.workflow_step_transition_id.label("key"),
        table.from_status,
        table.to_status,
        table.attempt,
        table.lease_token,
        table.reason,
        table.error,
    )
    return _moves(connection.execute(sa.select(*columns).order_by(table.workflow_step_transition_id)))


def _task_moves(connection: sa.Connection) -> Mapping[int, list[Move]]:
    table = TaskTransition
    columns = (
        table.task_id.label("owner"),
        table.task_transition_id.label("key"),
        table.from_status,
        table.to_status,
        sa.literal(0).label("attempt"),
        sa.null().label("lease_token"),
        table.reason,
        sa.null().label("error"),
    )
    return _moves(connection.execute(sa.select(*columns).order_by(table.task_transition_id)))


def _moves(rows: Iterable[sa.Row[Any]]) -> Mapping[int, list[Move]]:
    found = defaultdict[int, list[Move]](list)
    for row in rows:
        found[row.owner].append(
            Move(
                order=row.key,
                source=row.from_status,
                target=row.to_status,
                attempt=row.attempt,
                token=row.lease_token,
                reason=row.reason,
                error=row.error,
            )
        )
    return found


def _attempts(connection: sa.Connection, table: sa.Table) -> Mapping[int, list[int]]:
    found = defaultdict[int, list[int]](list)
    for row in connection.execute(sa.select(table.c.step_id, table.c.attempt).order_by(table.c.id)):
        found[row.step_id].append(row.attempt)
    return found
