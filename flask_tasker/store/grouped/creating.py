"""The statement that writes new tasks, their steps and edges, over whatever gives it its arrays."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from ...lifecycle import StepStatus, TaskStatus
from ...models import Task, WorkflowStep, WorkflowStepEdge
from ..by_key import constant
from ..tables import table_of
from .arrays import ArrayOf, unnested
from .moments import moment

_clock: Final = moment()
_text, _key, _place = sa.Text(), sa.BigInteger(), sa.Integer()
_GIVEN: Final = (
    "named_task_id",
    "context",
    "initiator",
    "source_system",
    "reason",
    "tags",
    "owner",
    "correlation_id",
    "trace_context",
)
"""Columns of a task that are written as they are given."""


def _given_tasks(array_of: ArrayOf) -> sa.TableValuedAlias:
    return unnested(
        {
            "named_task_id": ("kinds", _key),
            "context": ("contexts", JSONB()),
            "initiator": ("initiators", _text),
            "source_system": ("source_systems", _text),
            "reason": ("reasons", _text),
            "tags": ("tags", JSONB()),
            "owner": ("owners", _text),
            "correlation_id": ("correlation_ids", _text),
            "identity_hash": ("identities", _text),
            "requested_at": ("requested", sa.TIMESTAMP(timezone=True)),
            "trace_context": ("trace_contexts", _text),
        },
        array_of,
    )


def _given_steps(array_of: ArrayOf) -> sa.TableValuedAlias:
    return unnested(
        {
            "task": ("step_tasks", _place),
            "name": ("step_names", _text),
            "named_step_id": ("step_kinds", _key),
            "retry_limit": ("limits", _place),
            "retryable": ("retryable", sa.Boolean()),
            "skippable": ("skippable", sa.Boolean()),
            "timeout_seconds": ("timeouts", sa.Float(53)),
            "ready": ("ready", sa.Boolean()),
        },
        array_of,
    )


def creating(*, tasks: ArrayOf, steps: ArrayOf) -> sa.Select[Any]:
    """Build it, from the arrays of tasks and those of their steps and edges."""
    given = _given_tasks(tasks)
    wanted = sa.select(given, _clock.c.now).join_from(given, _clock, sa.true()).cte("wanted")
    task = _inserted_tasks(wanted)
    keys = _keys(wanted, task, steps)
    return (
        sa.select(wanted.c.position, task.c.task_id, task.c.created_at, task.c.requested_at, task.c.identity_minute)
        .add_columns(keys.c.step_ids)
        .select_from(wanted)
        .join(task, task.c.identity_hash == wanted.c.identity_hash)
        .join(keys, sa.true())
        .add_cte(_inserted_steps(keys, steps), _inserted_edges(keys, steps))
    )


def _keys(wanted: sa.CTE, task: sa.CTE, array_of: ArrayOf) -> sa.CTE:
    """The keys of tasks and of steps, by their places: a place in an array is found at once, however many there are.

    The key of a task that was not written, since it stands already, is NULL.
    """
    by_place = (
        sa.select(wanted.c.position, task.c.task_id)
        .join_from(wanted, task, task.c.identity_hash == wanted.c.identity_hash, isouter=True)
        .order_by(wanted.c.position)
        .subquery()
    )
    counter = sa.select(
        sa.cast(sa.func.pg_get_serial_sequence("tasker_workflow_steps", "workflow_step_id"), postgresql.REGCLASS)
    ).scalar_subquery()
    every = sa.func.unnest(array_of("step_names", _text)).alias("every")
    counted = sa.select(sa.func.nextval(counter)).select_from(every).scalar_subquery()
    return sa.select(
        sa.func.array_agg(by_place.c.task_id, type_=postgresql.ARRAY(_key)).label("task_ids"),
        sa.func.array(counted, type_=postgresql.ARRAY(_key)).label("step_ids"),
    ).cte("keys")


def _inserted_tasks(wanted: sa.CTE) -> sa.CTE:
    tasks = table_of(Task)
    rows = sa.select(
        *(wanted.c[name] for name in _GIVEN),
        wanted.c.identity_hash,
        constant(TaskStatus.PENDING),
        sa.cast(constant("[]"), JSONB),
        sa.func.date_trunc(constant("minute"), wanted.c.now),
        sa.func.coalesce(wanted.c.requested_at, wanted.c.now),
        wanted.c.now,
        wanted.c.now,
    ).order_by(wanted.c.position)
    names = ["identity_hash", "status", "bypass_steps", "identity_minute", "requested_at", "created_at", "updated_at"]
    return (
        postgresql.insert(tasks)
        .from_select([*_GIVEN, *names], rows)
        .on_conflict_do_nothing(index_elements=["identity_hash", "identity_minute"])
        .returning(
            tasks.c.task_id, tasks.c.identity_hash, tasks.c.created_at, tasks.c.requested_at, tasks.c.identity_minute
        )
        .cte("task")
    )


def _inserted_steps(keys: sa.CTE, array_of: ArrayOf) -> sa.CTE:
    step = _given_steps(array_of)
    task_id = keys.c.task_ids[step.c.task]
    given = ["name", "named_step_id", "retry_limit", "retryable", "skippable", "timeout_seconds"]
    rows = sa.select(
        *(step.c[name] for name in given),
        keys.c.step_ids[step.c.position],
        task_id,
        constant(StepStatus.PENDING),
        sa.literal_column("0"),
        sa.literal_column("0"),
        sa.case((step.c.ready, _clock.c.now)),
        _clock.c.now,
        _clock.c.now,
    ).where(task_id.is_not(None))
    names = ["workflow_step_id", "task_id", "status", "attempts", "map_index", "next_attempt_at"]
    return (
        table_of(WorkflowStep)
        .insert()
        .from_select([*given, *names, "created_at", "updated_at"], rows, include_defaults=False)
        .cte("step")
    )


def _inserted_edges(keys: sa.CTE, array_of: ArrayOf) -> sa.CTE:
    edge = unnested(
        {"task": ("edge_tasks", _place), "parent": ("edge_parents", _place), "child": ("edge_children", _place)},
        array_of,
    )
    rows = sa.select(keys.c.step_ids[edge.c.parent], keys.c.step_ids[edge.c.child]).where(
        keys.c.task_ids[edge.c.task].is_not(None)
    )
    return (
        table_of(WorkflowStepEdge)
        .insert()
        .from_select(["parent_step_id", "child_step_id"], rows, include_defaults=False)
        .cte("edge")
    )
