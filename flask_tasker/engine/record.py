"""Record and advance: an outcome written once, and what follows from it."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ..handlers import HandlerDefinition
from ..lifecycle import GivenBack, Outcome, StepChange, StepRef, StepStatus, cancelled_instead, decide
from ..store.claims import ClaimedStep, Lease, TaskFacts, steps_under
from ..store.records import Entered, record_change, recorded_under, write_annotations
from .advance import Advance, Advancer
from .announcing import announce_change, announce_claimed, announce_end, announce_refused
from .claiming import lease_for, message_for
from .logged import Fields, attempt_fields, tell_failure
from .notes import Note, notes_on
from .runtime import Runtime

logger = logging.getLogger(__name__)

OUTLAST_SECONDS = 900.0


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Everything to be written about one outcome. It may be run again when the answer to a commit was lost.

    Attributes:
        in_hand: how many tasks the thread works on side by side; none of them may be kept waiting by another.
        seconds: how long the handler ran, if it did.
    """

    runtime: Runtime
    definition: HandlerDefinition
    facts: TaskFacts
    step: ClaimedStep
    outcome: Outcome
    change: StepChange
    notes: Sequence[Note]
    lease: Lease
    in_hand: int = 1
    seconds: float | None = None

    def __call__(self, connection: sa.Connection) -> Recorded | None:
        """Write it in the transaction of ``connection``; ``None`` where the lease was lost, and nothing is written."""
        step, database = self.step, self.runtime.database
        written = record_change(
            connection,
            database.clock,
            step_id=step.step_id,
            token=step.token,
            change=self.change,
            actor=self.runtime.worker,
        )
        if written is None:
            return self._recorded_before(connection)
        write_annotations(connection, database.clock, task_id=step.task_id, notes=self.notes)
        if written.due_in is not None:
            return Recorded(change=written, advance=Advance())
        advance = self.advancer.after(connection, step.step_id, done=written.done, sees_all=database.is_sqlite)
        return Recorded(change=written, advance=advance)

    @property
    def log_fields(self) -> Fields:
        """What a log line about it says of it."""
        return attempt_fields(self.runtime, self.facts, self.step)

    @property
    def advancer(self) -> Advancer:
        """How the task goes on after this."""
        return Advancer(
            clock=self.runtime.database.clock,
            task_id=self.step.task_id,
            actor=self.runtime.worker,
            lease=lambda: self.lease,
            may_run=self._may_run,
        )

    def _may_run(self, child: str) -> bool:
        """Whether this thread may go on with a child."""
        if child not in self.definition.graph.templates or self.runtime.stopping():
            return False
        return self.in_hand == 1 or self.runtime.pace.is_quick(self.definition.key, [child])

    def _recorded_before(self, connection: sa.Connection) -> Recorded | None:
        """What an earlier run wrote whose answer was lost; ``None`` where somebody else ended the attempt.

        That is a sweep, which found the lease ended, or this worker as it stopped: then the step is held here no more.
        """
        found = recorded_under(connection, step_id=self.step.step_id, token=self.step.token)
        if found is None:
            return None
        change = self._change_as(found)
        if change is None:
            return None
        claimed = steps_under(connection, self.lease.token) if change.done else ()
        return Recorded(change=change, advance=Advance(here=claimed, look_again=True))

    def _change_as(self, found: Entered) -> StepChange | None:
        """This change, as the history has it; ``None`` where what it has is another one."""
        if found.status is StepStatus.COMPLETE:
            # Which nobody else writes. An attempt whose commit seemed to fail has not failed.
            return replace(self.change, status=found.status, due_in=None, error=None, trace=None, reason=None)
        if found.error != self.change.told or not self.runtime.holdings.has(self.step):
            return None
        if found.status is StepStatus.CANCELLED:
            return replace(cancelled_instead(self.change), reason=found.reason)
        return self.change if found.status is self.change.status else None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was written, and what follows."""

    change: StepChange
    advance: Advance


def recording_of(
    runtime: Runtime,
    definition: HandlerDefinition,
    facts: TaskFacts,
    step: ClaimedStep,
    outcome: Outcome,
    *,
    within: sa.Connection | None = None,
    in_hand: int = 1,
    seconds: float | None = None,
) -> Recording:
    """Decide what ``outcome`` makes of the step, and ask the handler for its annotations.

    ``within`` is the open transaction of a transactional step, in which it will be written.
    """
    change = decide(outcome, step.attempt)
    notes = [] if isinstance(outcome, GivenBack) else notes_on(runtime, definition, facts, step, change, within=within)
    return Recording(
        runtime=runtime,
        definition=definition,
        facts=facts,
        step=step,
        outcome=outcome,
        change=change,
        notes=notes,
        lease=lease_for(runtime),
        in_hand=in_hand,
        seconds=seconds,
    )


def record(recording: Recording) -> Advance:
    """Write an outcome in a transaction of the engine's own, and go on from there."""
    return after_commit(recording, write(recording))


def write(recording: Recording) -> Recorded | None:
    """Write an outcome in a transaction of the engine's own."""
    runtime = recording.runtime
    try:
        recorded = runtime.database.transaction(recording, outlast=OUTLAST_SECONDS)
    finally:
        runtime.holdings.drop(recording.step)
    if recorded is not None:
        hold(runtime, recorded.advance.here)
    return recorded


def write_in_one(recordings: Sequence[Recording]) -> Sequence[Recorded | None]:
    """Write several outcomes in one transaction, all of them or none.

    Only where one transaction writes at a time: otherwise each would keep its locks while the others are written.
    """
    runtime = recordings[0].runtime
    written = runtime.database.transaction(
        lambda connection: [write(connection) for write in recordings], outlast=OUTLAST_SECONDS
    )
    for recording, recorded in zip(recordings, written, strict=True):
        runtime.holdings.drop(recording.step)
        hold(runtime, () if recorded is None else recorded.advance.here)
    return written


def hold(runtime: Runtime, claimed: Sequence[ClaimedStep]) -> None:
    """Have the leases of claimed children renewed from here on: before receivers of signals take their time."""
    for child in claimed:
        runtime.holdings.take(child)


def after_commit(recording: Recording, recorded: Recorded | None) -> Advance:
    """What a committed record leaves to do: signals, the local timer, and the second look."""
    with recording.runtime.holdings.telling:
        return _after_commit(recording, recorded)


def _after_commit(recording: Recording, recorded: Recorded | None) -> Advance:
    runtime, step = recording.runtime, recording.step
    if recorded is None:
        if not recording.change.given_back:
            text = "step %r of task %d: the lease was lost, its result is refused"
            logger.warning(text, step.name, step.task_id, extra=recording.log_fields)
            announce_refused(runtime, recording.definition.key, step)
        return Advance()
    facts = recording.facts
    tell_failure(runtime, step, recorded.change, handler=facts.key, correlation_id=facts.correlation_id)
    advance = recorded.advance
    announce(recording, advance, change=recorded.change)
    if recorded.change.due_in is not None and recorded.change.error is not None:
        ref = StepRef(step.step_id, step.name)
        runtime.later(recorded.change.due_in, message_for(recording.definition, step.task_id, ref))
    after = look_again(recording, recorded) if advance.look_again else advance
    return replace(after, discarded=recorded.change.status is StepStatus.CANCELLED)


def announce(recording: Recording, advance: Advance, *, change: StepChange | None = None) -> None:
    """Tell receivers of signals what was committed: the change of the step, where there is one, and what followed."""
    runtime, step, handler = recording.runtime, recording.step, recording.definition.key
    if change is not None:
        announce_change(runtime, handler, change, of=step, seconds=recording.seconds)
    announce_claimed(runtime, handler, advance.here)
    announce_end(runtime, handler, step.task_id, advance.settled)


def look_again(recording: Recording, recorded: Recorded) -> Advance:
    """After the commit: two parents that finish together must not both miss their child, nor two ends the end."""
    runtime, step, seen = recording.runtime, recording.step, recorded.advance
    # Where a child runs here already, another one is marked, and left to a message.
    lease = lease_for(runtime)
    fresh = replace(recording, lease=lease).advancer
    advancer = replace(fresh, may_run=lambda _name: False) if seen.here else fresh

    tries = itertools.count()

    def look(connection: sa.Connection) -> Advance:
        # An earlier run of this transaction may have claimed a child, and its answer was lost.
        mine = steps_under(connection, lease.token) if next(tries) else []
        if mine:
            return Advance(here=mine)
        return advancer.after(connection, step.step_id, done=recorded.change.done, sees_all=True)

    try:
        again = runtime.database.transaction(look, outlast=runtime.settings.lease_seconds)
    except SQLAlchemyError:
        text = "task %d: could not look again after step %r; the sweep will"
        logger.exception(text, step.task_id, step.name, extra=recording.log_fields)
        return seen
    hold(runtime, again.here)
    announce(recording, again)
    return Advance(here=seen.here or again.here, others=[*seen.others, *again.others])
