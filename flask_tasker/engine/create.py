"""Starting tasks: their rows in one transaction, their messages after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..handlers import TaskRequest
from ..models import Task
from ..store.database import is_away
from .new_task import Created, Order, announce_new, checked, connection_of, row_object, write_task
from .new_tasks import at_once, write_together
from .outbox import send_after_commit, send_now
from .runtime import Runtime


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
        return _join(runtime, session, partial(_write_each, runtime, [order]))[0]
    runtime.catalogue.kind(runtime.database, order.definition)
    return _told(runtime, _written(runtime, order))[0]


def create_tasks(
    runtime: Runtime, requests: Sequence[TaskRequest], *, session: Session | None = None, owner: str | None = None
) -> list[Task]:
    """Write many tasks in one transaction, all or none of them, and tell the workers after its commit.

    Raises:
        UnknownHandlerError: no handler of a request's name.
        InvalidRequestError: a field was refused.
        DuplicateTaskError: a request is identical to another one of them, or of the same calendar minute.
    """
    orders = [checked(runtime, request, owner) for request in requests]
    write = partial(write_together if at_once(runtime, orders) else _write_each, runtime, orders)
    if session is not None:
        return _join(runtime, session, write)
    for order in orders:
        # In transactions of their own, so that nobody waits for this one, and the keys are remembered.
        runtime.catalogue.kind(runtime.database, order.definition)
    return _told(runtime, runtime.database.transaction(write))


def _written(runtime: Runtime, order: Order) -> list[Created]:
    """Write one task in a transaction of its own."""
    if at_once(runtime, [order]):
        try:
            return runtime.database.once(partial(write_together, runtime, [order]), ping=True)
        except DBAPIError as error:
            # After a connection that broke nobody knows whether the task was written. Anything else (a deadlock, a
            # pooler that lost the prepared statement) wrote nothing.
            if is_away(error):
                raise
    return runtime.database.transaction(partial(_write_each, runtime, [order]))


def _write_each(runtime: Runtime, orders: Sequence[Order], connection: sa.Connection) -> list[Created]:
    return [write_task(connection, runtime, order) for order in orders]


def _join(runtime: Runtime, session: Session, write: partial[list[Created]]) -> list[Task]:
    """Write in the transaction of ``session``; the workers are told once that has committed."""
    tasks = []
    for created in write(connection_of(session, runtime)):
        task = row_object(created.row)
        session.add(task)
        then = partial(announce_new, runtime, created)
        send_after_commit(session, runtime.send, created.messages, task=task, then=then)
        tasks.append(task)
    return tasks


def _told(runtime: Runtime, created: Sequence[Created]) -> list[Task]:
    send_now(runtime.send, [message for one in created for message in one.messages])
    for one in created:
        announce_new(runtime, one)
    return [row_object(one.row) for one in created]
