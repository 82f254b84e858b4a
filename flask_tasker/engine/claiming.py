"""Claiming what a message names."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ..handlers import HandlerDefinition
from ..lifecycle import StepMessage, StepRef
from ..store.claims import ClaimedStep, Lease, TaskFacts, claim_steps, steps_under, task_facts
from ..store.grouped import Wanted, claim_many
from .grouping import GroupError
from .pace import CHUNK
from .runtime import Runtime

logger = logging.getLogger(__name__)

Claim = tuple[TaskFacts | None, list[ClaimedStep]]


def known_handler(runtime: Runtime, message: StepMessage) -> HandlerDefinition | None:
    """The handler of ``message``, or ``None`` where this worker lacks it or one of the steps (mid-deploy).

    It is asked before the claim: the steps stay, uncounted, for a worker that knows them.
    """
    definition = runtime.handlers.find(message.handler)
    if definition is None or any(step.name not in definition.graph.templates for step in message.steps):
        logger.info("left steps of task %d: no code here for %s", message.task_id, "/".join(message.handler))
        return None
    return definition


def claim(runtime: Runtime, message: StepMessage) -> Claim:
    """Claim those steps of ``message`` that are to be had, with what is to be known of their task."""
    in_group = runtime.database.swift is not None
    facts, claimed = _claim_in_group(runtime, message) if in_group else _claim_alone(runtime, message, tried=[])
    for step in claimed:
        runtime.holdings.take(step)
    return facts, claimed


def _claim_in_group(runtime: Runtime, message: StepMessage) -> Claim:
    """Claim together with other threads, and alone where that went wrong in whatever way."""
    lease = lease_for(runtime)
    wanted = Wanted(task_id=message.task_id, step_ids=[step.step_id for step in message.steps], token=lease.token)
    try:
        found: Sequence[Claim] = runtime.groups.claims.submit([wanted], partial(_claim_all, runtime))
    except GroupError as error:
        complain(error)
        return _claim_alone(runtime, message, tried=[lease])
    return found[0]


def _claim_all(runtime: Runtime, wanted: Sequence[Wanted]) -> Sequence[Claim]:
    seconds = runtime.settings.lease_seconds
    found = runtime.database.once(
        lambda connection: claim_many(
            connection, runtime.database.clock, wanted, worker=runtime.worker, seconds=seconds
        )
    )
    return [found.get(one.token, (None, [])) for one in wanted]


def complain(error: GroupError) -> None:
    """A database that is away or busy is the business of who tries next; anything else is a fault of ours."""
    if not isinstance(error.__cause__, OperationalError | PoolTimeoutError):
        logger.error("a group could not be written, each goes on by itself", exc_info=error.__cause__)


def _claim_alone(runtime: Runtime, message: StepMessage, *, tried: list[Lease]) -> Claim:
    """Claim in a transaction of its own; ``tried`` are leases under which it may have happened, the answer being lost.

    Each try has a token of its own: under one whose lease has ended meanwhile nothing may be claimed again.
    """
    step_ids = [step.step_id for step in message.steps]
    clock = runtime.database.clock

    def write(connection: sa.Connection) -> Claim:
        earlier = [*tried]
        tried.append(lease_for(runtime))
        claimed = claim_steps(connection, clock, task_id=message.task_id, step_ids=step_ids, lease=tried[-1])
        # Asked last: what an earlier try still had under way has been waited for.
        for lease in earlier:
            claimed += steps_under(connection, lease.token, step_ids)
        return (task_facts(connection, message.task_id), claimed) if claimed else (None, [])

    return runtime.database.transaction(write, outlast=runtime.settings.lease_seconds)


def lease_for(runtime: Runtime) -> Lease:
    """A lease with a fresh token."""
    return Lease(worker=runtime.worker, token=uuid.uuid4(), seconds=runtime.settings.lease_seconds)


def message_for(definition: HandlerDefinition, task_id: int, *steps: StepRef) -> StepMessage:
    """The message that steps of a task may be ready."""
    return StepMessage(task_id=task_id, handler=definition.key, steps=steps)


def messages_for(
    runtime: Runtime, definition: HandlerDefinition, task_id: int, steps: Sequence[StepRef]
) -> list[StepMessage]:
    """The messages that steps of a task may be ready: one for many where they are known to be quick, else one each."""
    if len(steps) > 1 and runtime.pace.is_quick(definition.key, {step.name for step in steps}):
        chunks = [steps[first : first + CHUNK] for first in range(0, len(steps), CHUNK)]
        return [message_for(definition, task_id, *chunk) for chunk in chunks]
    return [message_for(definition, task_id, step) for step in steps]
