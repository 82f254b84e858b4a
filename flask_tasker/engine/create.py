"""Starting tasks: their rows in one transaction, their messages after the commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..handlers import TaskRequest
from ..models import Task
from ..store.database import is_away
from ..store.savepoint import all_or_none
from .announcing import announce_new
from .new_task import Created, Order, checked, connection_of, row_object, write_task
from .new_tasks import at_once, write_together
from .outbox import send_after_commit, send_now
from .runtime import Runtime
from .tracing import Creation, Unfollowed, Wish

Write = Callable[[Sequence[Order]], list[Created]]


def create_task(
    runtime: Runtime, request: TaskRequest, *, session: Session | None = None, owner: str | None = None
) -> Task:
    """Write a task, in the transaction of ``session`` or in one of its own, and tell the workers after its commit.

    Raises:
        UnknownHandlerError: no handler of that name.
        InvalidRequestError: a field was refused.
        DuplicateTaskError: an identical request within the same calendar minute. The transaction stays usable.
    """
    order = checked(runtime, request, owner)
    if session is not None:
        return _join(runtime, session, [order], partial(_write_each, runtime))[0]
    runtime.catalogue.kind(runtime.database, order.definition)
    return _told(runtime, traced(runtime, [order], partial(_written, runtime)))[0]


def create_tasks(
    runtime: Runtime, requests: Sequence[TaskRequest], *, session: Session | None = None, owner: str | None = None
) -> list[Task]:
    """Write many tasks in one transaction, all or none of them, and tell the workers after its commit.

    Raises:
        UnknownHandlerError: no handler of a request's name.
        InvalidRequestError: a field was refused.
        DuplicateTaskError: a request is identical to another one of them, or of the same calendar minute. The
            transaction stays usable, and has none of them.
    """
    orders = [checked(runtime, request, owner) for request in requests]
    write = partial(write_together if at_once(runtime, orders) else _write_each, runtime)
    if session is not None:
        return _join(runtime, session, orders, write)
    for order in orders:
        # In transactions of their own, so that nobody waits for this one, and the keys are remembered.
        runtime.catalogue.kind(runtime.database, order.definition)
    found = traced(runtime, orders, lambda orders: runtime.database.transaction(partial(write, orders)))
    return _told(runtime, found)


def traced(runtime: Runtime, orders: Sequence[Order], write: Write) -> list[Created]:
    """Write tasks, and let whoever traces them follow; what they are to keep of the trace is in the orders then."""
    if runtime.tracing is None:
        return write(orders)
    with followed(runtime, orders) as creation:
        pairs = zip(orders, creation.contexts, strict=True)
        created = write([replace(order, trace_context=context) for order, context in pairs])
        creation.wrote([one.row["task_id"] for one in created])
    return created


def followed(runtime: Runtime, orders: Sequence[Order]) -> AbstractContextManager[Creation]:
    """While tasks are being written and committed, for whoever traces them: who takes spans may be slow."""
    if runtime.tracing is None:
        return nullcontext(Unfollowed(len(orders)))
    return runtime.tracing.creating([Wish(one.definition.key, one.request.correlation_id) for one in orders])


def _written(runtime: Runtime, orders: Sequence[Order]) -> list[Created]:
    """Write one task in a transaction of its own."""
    if at_once(runtime, orders):
        try:
            return runtime.database.once(partial(write_together, runtime, orders), ping=True)
        except DBAPIError as error:
            # After a connection that broke nobody knows whether the task was written. Anything else (a deadlock, a
            # pooler that lost the prepared statement) wrote nothing.
            if is_away(error):
                raise
    return runtime.database.transaction(partial(_write_each, runtime, orders))


def _write_each(runtime: Runtime, orders: Sequence[Order], connection: sa.Connection) -> list[Created]:
    return [write_task(connection, runtime, order) for order in orders]


def _join(
    runtime: Runtime,
    session: Session,
    orders: Sequence[Order],
    write: Callable[[Sequence[Order], sa.Connection], list[Created]],
) -> list[Task]:
    """Write in the transaction of ``session``; the workers are told once that has committed."""
    connection = connection_of(session, runtime)
    # One that is refused writes nothing; of several, those before it are written by then.
    guarded = all_or_none(connection) if len(orders) > 1 else nullcontext()
    with guarded:
        written = traced(runtime, orders, lambda orders: write(orders, connection))
    tasks = []
    for created in written:
        task = row_object(created.row)
        session.add(task)
        first = partial(announce_new, runtime, created)
        send_after_commit(session, connection, runtime.send, created.messages, task=task, first=first)
        tasks.append(task)
    return tasks


def _told(runtime: Runtime, created: Sequence[Created]) -> list[Task]:
    # Sent first, a message may be worked on before anybody knows of its task: inline, in this thread.
    for one in created:
        announce_new(runtime, one)
    send_now(runtime.send, [message for one in created for message in one.messages])
    return [row_object(one.row) for one in created]
