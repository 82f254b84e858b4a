"""Claiming what a message names."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ..handlers import HandlerDefinition
from ..lifecycle import CHUNK, StepMessage, StepRef
from ..signals import step_started
from ..store.claims import ClaimedStep, Lease, TaskFacts, claim_steps, steps_under, task_facts
from ..store.database import is_away
from ..store.grouped import Wanted, claim_many
from ..store.grouping import GroupError
from .announcing import announce_claimed, announce_lost_claims
from .logged import task_fields
from .runtime import Runtime

logger = logging.getLogger(__name__)

Claim = tuple[TaskFacts | None, list[ClaimedStep]]


def known_handler(runtime: Runtime, message: StepMessage) -> HandlerDefinition | None:
    """The handler of ``message``, or ``None`` where this worker lacks it or one of the steps (mid-deploy).

    It is asked before the claim: the steps stay, uncounted, for a worker that knows them.
    """
    definition = runtime.handlers.find(message.handler)
    if definition is None or any(step.name not in definition.graph.templates for step in message.steps):
        fields = task_fields(runtime, message.task_id, message.handler)
        text = "left steps of task %d: no code here for %s"
        logger.info(text, message.task_id, "/".join(message.handler), extra=fields)
        return None
    return definition


def claim_all(runtime: Runtime, messages: Sequence[StepMessage]) -> Sequence[Claim]:
    """Claim those steps of each message that are to be had, with what is to be known of its task."""
    if runtime.database.swift is not None:
        return _claim_in_group(runtime, messages)
    if runtime.database.is_sqlite and len(messages) > 1:
        return _claim_in_one(runtime, messages)
    return _claim_each(runtime, messages)


def _claim_in_group(runtime: Runtime, messages: Sequence[StepMessage]) -> Sequence[Claim]:
    """Claim together with other threads, and alone where that went wrong in whatever way."""
    leases = [lease_for(runtime) for _ in messages]
    wanted = [
        Wanted(task_id=message.task_id, step_ids=[step.step_id for step in message.steps], token=lease.token)
        for message, lease in zip(messages, leases, strict=True)
    ]
    try:
        found: Sequence[Claim] = runtime.groups.claims.submit(wanted, partial(_claim_all, runtime))
    except GroupError as error:
        complain(error)
        return _claim_each(runtime, messages, tried=[[lease] for lease in leases])
    _take_all(runtime, messages, found)
    return found


def _claim_in_one(runtime: Runtime, messages: Sequence[StepMessage]) -> Sequence[Claim]:
    """In one transaction, on SQLite, where one writes at a time anyway; and each alone where that went wrong."""
    tried: list[list[Lease]] = [[] for _ in messages]

    def write(connection: sa.Connection) -> Sequence[Claim]:
        pairs = zip(messages, tried, strict=True)
        return [_write_claim(runtime, message, leases, connection) for message, leases in pairs]

    try:
        found = runtime.database.transaction(write, outlast=runtime.settings.lease_seconds)
    except SQLAlchemyError:
        logger.info(
            "steps of %d tasks could not be claimed together, each goes on by itself",
            len(messages),
            exc_info=True,
            extra={"worker": runtime.worker},
        )
        return _claim_each(runtime, messages, tried=tried)
    _take_all(runtime, messages, found)
    return found


def _claim_each(
    runtime: Runtime, messages: Sequence[StepMessage], *, tried: Sequence[Sequence[Lease]] = ()
) -> Sequence[Claim]:
    """One by one. Where one cannot be claimed, those before it are worked on, and what is left waits for the sweep."""
    found: list[Claim] = []
    for message, leases in zip(messages, tried or [()] * len(messages), strict=True):
        try:
            found.append(_claim_alone(runtime, message, tried=[*leases]))
            # At once: the heartbeat keeps it while the others are claimed.
            _take(runtime, found[-1][1])
            _announce(runtime, message, found[-1][1])
        except SQLAlchemyError:
            if not any(claimed for _, claimed in found):
                raise
            text = "steps of %d tasks could not be claimed; the sweep will"
            logger.exception(text, len(messages) - len(found), extra={"worker": runtime.worker})
            return [*found, *[(None, [])] * (len(messages) - len(found))]
    return found


def _take_all(runtime: Runtime, messages: Sequence[StepMessage], found: Sequence[Claim]) -> None:
    for _, claimed in found:
        _take(runtime, claimed)
    for message, (_, claimed) in zip(messages, found, strict=True):
        _announce(runtime, message, claimed)


def _take(runtime: Runtime, claimed: Sequence[ClaimedStep]) -> None:
    for step in claimed:
        runtime.holdings.take(step)


def _announce(runtime: Runtime, message: StepMessage, claimed: Sequence[ClaimedStep]) -> None:
    with runtime.holdings.telling:
        announce_claimed(runtime, message.handler, claimed)
        announce_lost_claims(runtime, message, claimed=len(claimed))


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
    cause = error.__cause__
    is_known = isinstance(cause, OperationalError | PoolTimeoutError)
    if not is_known and not (isinstance(cause, DBAPIError) and is_away(cause)):
        logger.error("a group could not be written, each goes on by itself", exc_info=cause)


def _claim_alone(runtime: Runtime, message: StepMessage, *, tried: list[Lease]) -> Claim:
    """Claim in a transaction of its own; ``tried`` are leases under which it may have happened, the answer being lost.

    Each try has a token of its own: under one whose lease has ended meanwhile nothing may be claimed again.
    """
    write = partial(_write_claim, runtime, message, tried)
    return runtime.database.transaction(write, outlast=runtime.settings.lease_seconds)


def _write_claim(runtime: Runtime, message: StepMessage, tried: list[Lease], connection: sa.Connection) -> Claim:
    step_ids = [step.step_id for step in message.steps]
    earlier = [*tried]
    tried.append(lease_for(runtime))
    clock = runtime.database.clock
    claimed = claim_steps(
        connection,
        clock,
        task_id=message.task_id,
        step_ids=step_ids,
        lease=tried[-1],
        timed=bool(step_started.receivers),
    )
    # Asked last: what an earlier try still had under way has been waited for.
    for lease in earlier:
        claimed += steps_under(connection, lease.token, step_ids)
    return (task_facts(connection, message.task_id), claimed) if claimed else (None, [])


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
