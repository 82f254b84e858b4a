"""Why a step is not running, in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from ..errors import NotFoundError
from ..lifecycle import DONE_STEP, StepStatus, TaskStatus
from ..store.reasons import StepFacts, facts_of_steps, open_parents, step_facts
from .runtime import Runtime


def why(runtime: Runtime, step_id: int) -> str:
    """Say in one sentence why a step is not running.

    Raises:
        NotFoundError: there is no such step.
    """

    def read(connection: sa.Connection) -> str:
        facts = step_facts(connection, runtime.database.clock, step_id)
        if facts is None:
            raise NotFoundError(f"no step {step_id}")
        return reason(runtime, facts, open_parents(connection, step_id))

    return runtime.database.read(read)


def why_each(
    runtime: Runtime, connection: sa.Connection, step_ids: Collection[int], parents: Mapping[int, Sequence[str]]
) -> dict[int, str]:
    """Say of each of these steps why it is not running, by its id: one statement.

    ``parents`` are the names of each step's open parents, as whoever asks has read them over ``connection``.
    """
    facts = facts_of_steps(connection, runtime.database.clock, step_ids)
    return {one.step_id: reason(runtime, one, parents.get(one.step_id, ())) for one in facts}


def reason(runtime: Runtime, facts: StepFacts, parents: Sequence[str]) -> str:
    """The sentence for a step whose open parents are ``parents``."""
    if facts.status in DONE_STEP:
        return f"It is {facts.status}."
    if facts.status is StepStatus.IN_PROGRESS:
        return _of_running(facts)
    if facts.task_status not in (TaskStatus.PENDING, TaskStatus.IN_PROGRESS) and facts.status is StepStatus.PENDING:
        return f"The task is {facts.task_status}: {_waits_for(parents)}"
    if facts.next_attempt_at is None:
        if facts.status is StepStatus.PENDING:
            return _waits_for(parents) if parents else "Its parents are done; the next sweep marks it ready."
        return f"It failed for good after {facts.attempts} of {facts.retry_limit} attempts: {facts.error}"
    if facts.next_attempt_at > facts.now:
        return f"Its retry is due at {_clock(facts.next_attempt_at)}, after attempt {facts.attempts}: {facts.error}"
    return _of_ready(runtime, facts)


def _of_running(facts: StepFacts) -> str:
    held = f"{facts.leased_by} until {_clock(facts.leased_until)}"
    if facts.leased_until is not None and facts.leased_until <= facts.now:
        return f"Its lease, held by {held}, has ended; the next sweep frees it."
    asked = "; it was asked to stop" if facts.cancel_requested else ""
    return f"It runs: leased by {held}{asked}."


def _of_ready(runtime: Runtime, facts: StepFacts) -> str:
    definition = runtime.handlers.find(facts.handler)
    name = "/".join(facts.handler)
    if definition is None:
        return f"It is ready, and no handler {name} is known here: a worker that knows it must run."
    if facts.name not in definition.graph.templates:
        return (
            f"It is ready, and the handler {name} known here has no such step: a worker with the right code must run."
        )
    return f"It is ready since {_clock(facts.next_attempt_at)} and waits for a worker with a free thread."


def _waits_for(parents: Sequence[str]) -> str:
    return f"It waits for {', '.join(parents)}." if parents else "Its parents are done."


def _clock(moment: datetime | None) -> str:
    return "?" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S UTC")
