"""Changing what may be changed of a task or a step by hand, apart from its state."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from ..errors import InvalidRequestError, NotFoundError, PayloadError
from ..handlers import storable
from ..handlers.validation import reason_faults, tags_faults
from ..store.edits import edit_step as write_step
from ..store.edits import edit_task as write_task
from .runtime import Runtime

RETRY_LIMITS: Final = range(1, 101)


def edit_task(runtime: Runtime, task_id: int, changes: Mapping[str, Any]) -> None:
    """Change ``reason`` (text of up to 128 characters, or ``None``) and ``tags`` (a list of text) of a task.

    Raises:
        NotFoundError: there is no such task.
        InvalidRequestError: a value was refused, and nothing is written.
    """
    checks = {"reason": reason_faults, "tags": tags_faults}
    _refuse({name: checks[name](value) for name, value in changes.items()})
    write = partial(write_task, clock=runtime.database.clock, task_id=task_id, values=changes)
    if not runtime.database.transaction(write):
        raise NotFoundError(f"no task {task_id}")


def edit_step(runtime: Runtime, task_id: int, step_id: int, changes: Mapping[str, Any]) -> None:
    """Change ``retry_limit`` (1 to 100) and ``inputs`` (JSON, in place of what it had) of a step of that task.

    It counts from the next attempt on; a step that has failed for good is not revived by it.

    Raises:
        NotFoundError: there is no such step.
        InvalidRequestError: a value was refused, and nothing is written.
    """
    _refuse({"retry_limit": _limit_faults(changes["retry_limit"])} if "retry_limit" in changes else {})
    values = dict(changes)
    if "inputs" in changes:
        values["inputs"] = _stored(changes["inputs"], runtime.settings.max_payload_bytes)
    write = partial(write_step, clock=runtime.database.clock, task_id=task_id, step_id=step_id, values=values)
    if not runtime.database.transaction(write):
        raise NotFoundError(f"no step {step_id}")


def _stored(inputs: Any, most: int) -> Any:
    try:
        return storable(inputs, "inputs", max_bytes=most)
    except PayloadError as error:
        raise InvalidRequestError({"inputs": [str(error).removeprefix("inputs: ")]}) from None


def _limit_faults(limit: Any) -> list[str]:
    is_number = isinstance(limit, int) and not isinstance(limit, bool)
    return [] if is_number and limit in RETRY_LIMITS else [f"must be a whole number from 1 to 100, got {limit!r:.40}"]


def _refuse(faults: Mapping[str, list[str]]) -> None:
    if any(faults.values()):
        raise InvalidRequestError({field: messages for field, messages in faults.items() if messages})
