"""What is written of a new task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached

from ..errors import ConfigurationError, DuplicateTaskError, InvalidRequestError
from ..handlers import HandlerDefinition, TaskRequest, validated
from ..lifecycle import (
    BYPASSED,
    CHUNK,
    DONE_STEP,
    StepMessage,
    StepRef,
    StepStatus,
    TaskStatus,
    initial_statuses,
    ready,
)
from ..models import Task
from ..store.creation import NewTask, insert_edges, insert_steps, insert_task
from ..store.history import StepEntry, append_step_entries
from ..store.settlement import settle_task
from ..typing import HandlerKey
from .catalogue import Kind
from .claiming import message_for
from .runtime import Runtime


@dataclass(frozen=True, kw_only=True)
class Created:
    """A new task's row, its handler, the messages that tell of its ready steps, and the steps that are bypassed."""

    handler: HandlerKey
    row: Mapping[str, Any]
    messages: Sequence[StepMessage]
    bypassed: Sequence[StepRef] = ()


@dataclass(frozen=True, kw_only=True)
class Order:
    """A request as it is to be stored, and the handler that it names.

    Attributes:
        identity: makes it the same as another one, in place of what it asks for.
        trace_context: the trace in which it is created.
    """

    definition: HandlerDefinition
    request: TaskRequest
    owner: str | None
    identity: str | None = None
    trace_context: str | None = None

    @property
    def identity_hash(self) -> str:
        """What makes it the same as another one of the same minute."""
        return self.identity or self.request.identity_hash(version=self.definition.key[2], owner=self.owner)


def checked(runtime: Runtime, request: TaskRequest, owner: str | None) -> Order:
    """Look up what a request names, and check it.

    Raises:
        UnknownHandlerError: no handler of that name.
        InvalidRequestError: a field was refused.
    """
    if not isinstance(request.name, str) or not request.name.strip():
        raise InvalidRequestError({"name": ["is missing"]})
    definition = runtime.handlers.get(request.name, namespace=request.namespace, version=request.version)
    wanted = validated(request, definition, max_bytes=runtime.settings.max_payload_bytes)
    return Order(definition=definition, request=wanted, owner=owner)


def new_task(order: Order, kind: Kind) -> NewTask:
    """The task's own row."""
    return NewTask(
        request=order.request,
        named_task_id=kind.named_task_id,
        identity_hash=order.identity_hash,
        owner=order.owner,
        trace_context=order.trace_context,
    )


def write_task(connection: sa.Connection, runtime: Runtime, order: Order, *, kind: Kind | None = None) -> Created:
    """Write one task, on either database; ``kind`` is that of its handler, where it is known already.

    Raises:
        DuplicateTaskError: an identical one stands in this minute.
    """
    definition, request = order.definition, order.request
    kind = kind or runtime.catalogue.kind(runtime.database, definition, within=connection)
    row = insert_task(connection, runtime.database.clock, new_task(order, kind))
    if row is None:
        raise duplicate(definition)
    statuses = initial_statuses(list(definition.graph.templates), request.bypass_steps)
    startable = ready(statuses, definition.graph.parents)
    ids = insert_steps(
        connection,
        task_id=row["task_id"],
        graph=definition.graph,
        statuses=statuses,
        ready=startable,
        named_step_ids=kind.named_step_ids,
        now=row["created_at"],
    )
    insert_edges(connection, definition.graph, ids)
    _note_bypassed(connection, runtime, request, ids)
    if all(status in DONE_STEP for status in statuses.values()):
        row = _settled(connection, runtime, row)
    return Created(
        handler=definition.key,
        row=row,
        messages=ready_messages(definition, row["task_id"], [StepRef(ids[n], n) for n in startable]),
        bypassed=[StepRef(ids[name], name) for name in request.bypass_steps],
    )


def duplicate(definition: HandlerDefinition) -> DuplicateTaskError:
    """That such a task stands already."""
    return DuplicateTaskError(
        f"an identical request for {definition.full_name} was made in the last minute; change its context, reason, "
        "initiator or source_system if another task is wanted"
    )


def _note_bypassed(connection: sa.Connection, runtime: Runtime, request: TaskRequest, ids: Mapping[str, int]) -> None:
    append_step_entries(
        connection,
        runtime.database.clock,
        [
            StepEntry(
                step_id=ids[name],
                source=StepStatus.PENDING,
                target=StepStatus.SKIPPED,
                attempt=0,
                actor=request.initiator,
                reason=BYPASSED,
            )
            for name in request.bypass_steps
        ],
    )


def _settled(connection: sa.Connection, runtime: Runtime, row: Mapping[str, Any]) -> Mapping[str, Any]:
    now: datetime = row["created_at"]
    settle_task(
        connection,
        runtime.database.clock,
        task_id=row["task_id"],
        source=TaskStatus.PENDING,
        target=TaskStatus.COMPLETE,
        actor=row["initiator"],
    )
    return {**row, "status": TaskStatus.COMPLETE, "completed_at": now}


def ready_messages(definition: HandlerDefinition, task_id: int, steps: Sequence[StepRef]) -> list[StepMessage]:
    """What the workers are told of ``steps``: whoever receives it takes as many as it should, and passes others on."""
    chunks = [steps[first : first + CHUNK] for first in range(0, len(steps), CHUNK)]
    return [message_for(definition, task_id, *chunk) for chunk in chunks]


def connection_of(session: Session, runtime: Runtime) -> sa.Connection:
    """The connection of the caller's session to the tables.

    Raises:
        ConfigurationError: the session is on another database.
    """
    connection = session.connection(**runtime.bind_arguments())
    if connection.engine.url != runtime.host_engine.url:
        raise ConfigurationError(
            f"create_task(session=...): the session is on {connection.engine.url!r}, the tasker tables are on "
            f"{runtime.host_engine.url!r}; pass a session of that database, or none"
        )
    return connection


def row_object(row: Mapping[str, Any]) -> Task:
    """The task as an object that stands in the database, and belongs to no session."""
    task = Task(**row)
    make_transient_to_detached(task)
    return task
