"""What the engine's log lines say of the task and the step that they are about."""

from __future__ import annotations

import logging
from typing import Final

from ..lifecycle import StepChange
from ..store.claims import ClaimedStep, TaskFacts
from ..store.leases import EndedLease
from ..typing import HandlerKey, full_name
from .runtime import Runtime

logger = logging.getLogger(__name__)

Fields = dict[str, object]
LONGEST_ERROR: Final = 1_000


def attempt_fields(runtime: Runtime, facts: TaskFacts, step: ClaimedStep) -> Fields:
    """Everything that a line of an attempt has."""
    more = {"attempt": step.attempt.number, "correlation_id": facts.correlation_id}
    return task_fields(runtime, step.task_id, facts.key, step=step.name, **more)


def task_fields(runtime: Runtime, task_id: int, key: HandlerKey, **more: object) -> Fields:
    """What is known of a task outside of an attempt: ``step`` and ``attempt``, where there is one, are ``more``."""
    return {"task_id": task_id, "task": full_name(key), "worker": runtime.worker, **more}


def tell_failure(
    runtime: Runtime,
    of: ClaimedStep | EndedLease,
    change: StepChange,
    *,
    handler: HandlerKey,
    correlation_id: str | None,
) -> None:
    """Log that an attempt failed, once it is recorded: as a warning where no other one follows by itself."""
    if change.error is None or change.done:
        # Nothing failed, or it was asked to stop and did.
        return
    level = logging.WARNING if change.due_in is None else logging.INFO
    if logger.isEnabledFor(level):
        error = runtime.settings.log_redactor.redacted_text(change.error)
        again = change.due_in
        what = f"failed for good ({change.reason})" if again is None else f"failed and is tried again in {again:.1f} s"
        more = {"attempt": of.attempt.number, "correlation_id": correlation_id}
        fields = task_fields(runtime, of.task_id, handler, step=of.name, **more)
        # Quoted and cut: an error may hold whatever a client sent.
        said = repr(error)[:LONGEST_ERROR]
        logger.log(level, "step %r of task %d %s: %s", of.name, of.task_id, what, said, extra=fields)
