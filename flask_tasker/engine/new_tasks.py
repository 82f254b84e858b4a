"""Writing many tasks, or one, by one statement (``store/grouped/creation.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from ..lifecycle import StepRef
from ..store.grouped import NewSteps, Written, create_many
from .new_task import Created, Order, duplicate, new_task, ready_messages
from .runtime import Runtime

PAGE: Final = 100
"""How many tasks are written by one statement at most."""


def at_once(runtime: Runtime, orders: Sequence[Order]) -> bool:
    """Whether the statement can write these: on PostgreSQL, where no step is bypassed."""
    return runtime.database.swift is not None and not any(order.request.bypass_steps for order in orders)


def write_together(runtime: Runtime, orders: Sequence[Order], connection: sa.Connection) -> list[Created]:
    """Write tasks by a statement for each hundred.

    Raises:
        DuplicateTaskError: a task is identical to another one of them, or of the same minute; in a transaction of
            several statements the others are to be rolled back.
    """
    new = [_new(runtime, order, connection) for order in orders]
    _refuse_twins(orders, new)
    clock = runtime.database.clock
    created: list[Created] = []
    for first in range(0, len(new), PAGE):
        page = new[first : first + PAGE]
        written = create_many(connection, clock, page)
        created += [_created(order, one) for order, one in zip(orders[first : first + PAGE], written, strict=True)]
    return created


def _new(runtime: Runtime, order: Order, connection: sa.Connection) -> NewSteps:
    kind = runtime.catalogue.kind(runtime.database, order.definition, within=connection)
    return NewSteps(task=new_task(order, kind), stencil=kind.stencil)


def _refuse_twins(orders: Sequence[Order], new: Sequence[NewSteps]) -> None:
    seen = set[str]()
    for order, one in zip(orders, new, strict=True):
        if one.task.identity_hash in seen:
            raise duplicate(order.definition)
        seen.add(one.task.identity_hash)


def _created(order: Order, written: Written | None) -> Created:
    if written is None:
        raise duplicate(order.definition)
    graph = order.definition.graph
    roots = [StepRef(written.step_ids[name], name) for name, parents in graph.parents.items() if not parents]
    messages = ready_messages(order.definition, written.row["task_id"], roots)
    return Created(handler=order.definition.key, row=written.row, messages=messages)
