"""Steps whose worker went silent, and steps of a worker that stops: freed for others."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ..handlers import Backoff
from ..lifecycle import Failed, GivenBack, StepChange, StepMessage, StepRef, decide, decide_ended_lease
from ..store.claims import ClaimedStep, task_facts
from ..store.leases import EndedLease
from ..store.records import record_change
from ..store.sweeping import ended_leases
from ..typing import HandlerKey
from .advance import Advance
from .announcing import GONE, announce_change, announce_end
from .bystander import bystander
from .holdings import Holding
from .logged import task_fields, tell_failure
from .runtime import Runtime
from .telling import tell

logger = logging.getLogger(__name__)

PAGE: Final = 100
BEFORE_IT_BEGAN: Final = "the worker stopped before the step began"


@dataclass(frozen=True, kw_only=True)
class _Freed:
    """A step that was freed: what was written of it, what follows where it is not tried again, and whose it is."""

    change: StepChange
    advance: Advance
    handler: HandlerKey
    correlation_id: str | None


def reclaim_ended(runtime: Runtime) -> int:
    """Free the steps whose lease has ended: an attempt that failed, like any other. Gives back how many.

    What this process can run it retries itself when it is due, like what it recorded; the rest is left to the sweep.
    """
    ended = runtime.database.read(lambda connection: ended_leases(connection, runtime.database.clock, limit=PAGE))
    return sum(_reclaim(runtime, lease) for lease in ended)


def give_back(runtime: Runtime, holding: Holding, *, unstarted: str = BEFORE_IT_BEGAN) -> None:
    """Give a step back that this worker will not end: it is free at once, not only when its lease ends."""
    step = holding.step
    if holding.started:
        change = decide(Failed(error="the worker stopped while the step ran", retry_in=0.0), step.attempt)
    else:
        change = decide(GivenBack(reason=unstarted), step.attempt)
    freed = _free(runtime, step, change)
    if freed is not None:
        itself = [] if freed.change.due_in is None else [StepRef(step.step_id, step.name)]
        _announce(runtime, freed, step)
        tell(runtime, step.task_id, freed.handler, [*itself, *freed.advance.others])


def _reclaim(runtime: Runtime, ended: EndedLease) -> int:
    change = decide_ended_lease(ended.attempt, retry_in=_backoff(runtime, ended))
    try:
        freed = _free(runtime, ended, change)
    except DBAPIError:
        # One row that cannot be written must not keep the sweep from all others.
        fields = task_fields(runtime, ended.task_id, ended.handler, step=ended.name, attempt=ended.attempt.number)
        text = "step %d of task %d: its ended lease cannot be recorded"
        logger.exception(text, ended.step_id, ended.task_id, extra=fields)
        return 0
    if freed is None:
        return 0
    due_in = freed.change.due_in
    if due_in is not None and runtime.handlers.find(ended.handler) is not None:
        ref = StepRef(ended.step_id, ended.name)
        runtime.later(due_in, StepMessage(task_id=ended.task_id, handler=ended.handler, steps=(ref,)))
    _announce(runtime, freed, ended)
    tell(runtime, ended.task_id, ended.handler, freed.advance.others)
    return 1


def _free(runtime: Runtime, of: ClaimedStep | EndedLease, change: StepChange) -> _Freed | None:
    """Write ``change`` where the token still holds the step; ``None`` where it does not."""
    clock = runtime.database.clock

    def write(connection: sa.Connection) -> _Freed | None:
        written = record_change(
            connection,
            clock,
            step_id=of.step_id,
            token=of.token,
            change=change,
            actor=runtime.worker,
            ended_only=isinstance(of, EndedLease),
        )
        if written is None:
            return None
        handler, correlation_id = _task_of(connection, of)
        freed = _Freed(change=written, advance=Advance(), handler=handler, correlation_id=correlation_id)
        if written.due_in is not None:
            return freed
        # Cancelled on request, it may free children. What is to be looked at again, the other questions find.
        advance = bystander(runtime, of.task_id).after(connection, of.step_id, done=written.done, sees_all=False)
        return replace(freed, advance=advance)

    return runtime.database.transaction(write)


def _task_of(connection: sa.Connection, of: ClaimedStep | EndedLease) -> tuple[HandlerKey, str | None]:
    """The handler and the correlation id; asked for before the commit, after which the database may be away."""
    if isinstance(of, EndedLease):
        return of.handler, of.correlation_id
    facts = task_facts(connection, of.task_id)
    return (GONE, None) if facts is None else (facts.key, facts.correlation_id)


def _announce(runtime: Runtime, freed: _Freed, of: ClaimedStep | EndedLease) -> None:
    tell_failure(runtime, of, freed.change, handler=freed.handler, correlation_id=freed.correlation_id)
    announce_change(runtime, freed.handler, freed.change, of=of)
    announce_end(runtime, freed.handler, of.task_id, freed.advance.settled)


def _backoff(runtime: Runtime, ended: EndedLease) -> float:
    definition = runtime.handlers.find(ended.handler)
    template = None if definition is None else definition.graph.templates.get(ended.name)
    backoff = Backoff() if template is None else template.backoff
    return min(backoff.delay(ended.attempt.number), runtime.settings.max_backoff_seconds)
