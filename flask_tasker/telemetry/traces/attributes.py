"""The names of spans, and what they say.

As "Semantic conventions for messaging spans" (OpenTelemetry) has it; the message is a task, its destination the queue.
Nothing that a client sends becomes the name of a span.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from opentelemetry.util.types import AttributeValue

from ...store.claims import ClaimedStep, TaskFacts
from ...typing import HandlerKey

SYSTEM: Final = "flask_tasker"
CREATE: Final = "create"
PROCESS: Final = "process"

Attributes = Mapping[str, AttributeValue]


def kind_of(handler: HandlerKey) -> str:
    """A handler in the name of a span, without its version: ``namespace/name``."""
    return f"{handler[0]}/{handler[1]}"


def of_creation(handler: HandlerKey, *, queue: str, correlation_id: str | None) -> Attributes:
    """Of a task that is being written."""
    return {**_operation(CREATE, queue), **_conversation(correlation_id), **of_kind(handler)}


def of_message(task_id: int) -> Attributes:
    """Of a task that has its key."""
    return {"messaging.message.id": str(task_id), "tasker.task.id": task_id}


def of_attempt(facts: TaskFacts, step: ClaimedStep, *, queue: str, worker: str) -> Attributes:
    """Of an attempt that begins."""
    return {
        **_operation(PROCESS, queue),
        "messaging.client.id": worker,
        **_conversation(facts.correlation_id),
        **of_message(facts.task_id),
        **of_kind(facts.key),
        **of_step(step.step_id, step.name),
        "tasker.attempt": step.attempt.number,
    }


def of_kind(handler: HandlerKey) -> Attributes:
    """Of a handler."""
    return {"tasker.task.name": f"{kind_of(handler)}@{handler[2]}"}


def of_step(step_id: int, name: str) -> Attributes:
    """Of a step."""
    return {"tasker.step.id": step_id, "tasker.step.name": name}


def error_type(error: BaseException) -> str:
    """The kind of an error, as ``error.type`` and ``exception.type`` want it."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _operation(name: str, queue: str) -> Attributes:
    return {
        "messaging.system": SYSTEM,
        "messaging.operation.name": name,
        "messaging.operation.type": name,
        "messaging.destination.name": queue,
    }


def _conversation(correlation_id: str | None) -> Attributes:
    return {} if correlation_id is None else {"messaging.message.conversation_id": correlation_id}
