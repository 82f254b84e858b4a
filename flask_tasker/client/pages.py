"""Lists that the server gives out in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .connection import Connection
from .path import path_of
from .step import Step
from .task import Task
from .transition import Transition

ROWS: Final = 100
"""How many steps or transitions are asked for at once."""


def each_task(connection: Connection, query: Mapping[str, str], *, page_size: int) -> Iterator[Task]:
    """Every task that the query leaves, by the cursor that each page names for the next.

    Raises:
        ValueError: ``page_size`` is not positive.
    """
    if page_size < 1:
        raise ValueError(f"page_size must be 1 or more, got {page_size}")
    return _tasks(connection, {**query, "limit": str(page_size)})


def count_tasks(connection: Connection, query: Mapping[str, str]) -> int:
    """How many tasks the query leaves."""
    reply = connection.send("GET", path_of("tasks"), query={**query, "limit": "0", "count": "true"})
    total = reply.header("X-Total-Count") or ""
    if not (total.isascii() and total.isdigit()):
        raise reply.without("X-Total-Count")
    return int(total)


def each_step(connection: Connection, path: str) -> Iterator[Step]:
    """Every step that the list at ``path`` has. The steps of a task never change in number."""
    return map(Step.read, _by_number(connection, path, "steps"))


def each_transition(connection: Connection, path: str) -> Iterator[Transition]:
    """Every transition that the list at ``path`` has. New ones come at its end."""
    return map(Transition.read, _by_number(connection, path, "transitions"))


def _by_number(connection: Connection, path: str, name: str) -> Iterator[Any]:
    seen = 0
    # The server may cap a page below what was asked for, so only an empty one is the end.
    while found := connection.send("GET", path, query={"limit": str(ROWS), "offset": str(seen)}).items(name):
        yield from found
        seen += len(found)


def _tasks(connection: Connection, query: Mapping[str, str]) -> Iterator[Task]:
    cursor: str | None = None
    while True:
        place = {} if cursor is None else {"cursor": cursor}
        reply = connection.send("GET", path_of("tasks"), query={**query, **place})
        yield from map(Task.read, reply.items("tasks"))
        following = reply.json.get("next_cursor")
        if following is None:
            return
        if following == cursor:
            raise reply.without("a next_cursor that leads on")
        cursor = following
