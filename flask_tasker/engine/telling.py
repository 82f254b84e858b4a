"""Telling whoever is free of steps that are ready: those who work on messages leave ready steps to theirs."""

from __future__ import annotations

from collections.abc import Sequence

from ..lifecycle import StepMessage, StepRef
from ..store.claims import task_facts
from ..typing import HandlerKey
from .outbox import send_now
from .runtime import Runtime


def tell(runtime: Runtime, task_id: int, handler: HandlerKey, refs: Sequence[StepRef]) -> None:
    """Send a message of each of these steps of a task, after the commit that made them ready."""
    send_now(runtime.send, [StepMessage(task_id=task_id, handler=handler, steps=(ref,)) for ref in refs])


def tell_of(runtime: Runtime, task_id: int, refs: Sequence[StepRef]) -> None:
    """The same where the handler is not at hand."""
    facts = runtime.database.read(lambda connection: task_facts(connection, task_id)) if refs else None
    if facts is not None:
        tell(runtime, task_id, facts.key, refs)
