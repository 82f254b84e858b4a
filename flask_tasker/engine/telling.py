"""Telling whoever is free of steps that are ready: those who work on messages leave ready steps to theirs."""

from __future__ import annotations

from collections.abc import Sequence

from ..lifecycle import StepMessage, StepRef
from ..store.catalogue import handler_of
from .outbox import send_now
from .runtime import Runtime


def tell_of(runtime: Runtime, task_id: int, refs: Sequence[StepRef]) -> None:
    """Send a message of each of these steps of a task, after the commit that made them ready."""
    if not refs:
        return
    handler = runtime.database.read(lambda connection: handler_of(connection, task_id))
    if handler is not None:
        send_now(runtime.send, [StepMessage(task_id=task_id, handler=handler, steps=(ref,)) for ref in refs])
