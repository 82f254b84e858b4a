"""Recording what several attempts came to: completed steps in groups, by one statement, the others one by one.

On SQLite all of them one after the other, in one transaction: what they wait for is the disk, and each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from ..lifecycle import TOGETHER, StepStatus
from ..store.grouped import Completion, Followed, Look, record_many, still_to_do
from ..store.grouping import GroupError
from .advance import Advance
from .announcing import announce_end
from .claiming import complain
from .record import Recorded, Recording, after_commit, announce, hold, look_again, write, write_in_one
from .runtime import Runtime

logger = logging.getLogger(__name__)

FEW_CHILDREN: Final = 64
"""Of up to so many children the names are told; of more, a step without code here is given back once it was claimed."""


def record_all(recordings: Sequence[Recording]) -> list[Advance]:
    """Write each outcome, and go on from there; gives back what follows from each."""
    return write_all(recordings)()


def write_all(recordings: Sequence[Recording]) -> Callable[[], list[Advance]]:
    """Write each outcome; gives back how to go on from there, which tells the receivers of signals.

    They may take their time, and nobody renews the lease of an outcome that waits for them: all are written before.
    """
    if len(recordings) > 1 and recordings[0].runtime.database.is_sqlite:
        try:
            written = write_in_one(recordings)
            return lambda: [after_commit(one, recorded) for one, recorded in zip(recordings, written, strict=True)]
        except SQLAlchemyError:
            # Each by itself then: one that cannot be recorded takes none of the others with it.
            logger.info(
                "%d outcomes could not be recorded together, each goes on by itself",
                len(recordings),
                exc_info=True,
                extra={"worker": recordings[0].runtime.worker},
            )
    plain = [recording for recording in recordings if _is_plain(recording)]
    followed = _record_in_group(plain[0].runtime, plain) if plain else {}
    for recording in plain:
        if recording.step.step_id in followed:
            recording.runtime.holdings.drop(recording.step)
            hold(recording.runtime, followed[recording.step.step_id].claimed)
    missed = _still_to_do(plain, followed)
    after = [
        partial(_after, recording, followed[recording.step.step_id], missed)
        if recording.step.step_id in followed
        # A failure, a step that was asked to stop, a lease that is gone, an answer that was lost.
        else _written_alone(recording, among=len(recordings))
        for recording in recordings
    ]

    def go_on() -> list[Advance]:
        advances = [one() for one in after]
        if plain:
            with plain[0].runtime.holdings.telling:
                _announce_ends(plain, followed)
        return advances

    return go_on


def _written_alone(recording: Recording, *, among: int) -> Callable[[], Advance]:
    """One that cannot be recorded, whatever is the matter with its rows, takes none of the others with it."""
    try:
        return partial(after_commit, recording, write(recording))
    except Exception:
        if among == 1:
            raise
        step = recording.step
        text = "step %r of task %d could not be recorded; its lease ends"
        logger.exception(text, step.name, step.task_id, extra=recording.log_fields)
        return partial(Advance, discarded=True)


def _is_plain(recording: Recording) -> bool:
    return recording.runtime.database.swift is not None and recording.change.status is StepStatus.COMPLETE


def _record_in_group(runtime: Runtime, recordings: Sequence[Recording]) -> dict[int, Followed]:
    """What followed from each that was recorded, by the key of its step."""
    completions = [
        Completion(
            step_id=recording.step.step_id,
            token=recording.step.token,
            results=recording.change.results,
            next_token=recording.lease.token,
            take=_take(recording, among=len(recordings)),
            known=_known(recording),
            notes=recording.notes,
        )
        for recording in recordings
    ]
    try:
        found = runtime.groups.records.submit(completions, partial(_write_all, runtime))
    except GroupError as error:
        complain(error)
        return {}
    return {
        completion.step_id: followed
        for completion, followed in zip(completions, found, strict=True)
        if followed is not None
    }


def _write_all(runtime: Runtime, completions: Sequence[Completion]) -> Sequence[Followed | None]:
    seconds = runtime.settings.lease_seconds
    found = runtime.database.once(
        lambda connection: record_many(
            connection, runtime.database.clock, completions, worker=runtime.worker, seconds=seconds
        )
    )
    return [found.get((completion.step_id, completion.token)) for completion in completions]


def _take(recording: Recording, *, among: int) -> int:
    """How many children may run here: of those that are known to be quick some, so that not all too many are worked on
    together; of others one, unless it would keep other tasks waiting; none that this process has no code for."""
    runtime, definition = recording.runtime, recording.definition
    children = definition.graph.children.get(recording.step.name, ())
    if not children or runtime.stopping():
        return 0
    if runtime.pace.is_quick(definition.key, children):
        most = TOGETHER // runtime.pace.heaviest(definition.key, children)
        return max(1, min(most // 2, most // among))
    return 1 if recording.in_hand == 1 else 0


def _known(recording: Recording) -> Sequence[str] | None:
    """The children that this process has code for, in the middle of a deploy perhaps not all; of a wide fan, all."""
    children = recording.definition.graph.children.get(recording.step.name, ())
    return children if len(children) <= FEW_CHILDREN else None


def _still_to_do(recordings: Sequence[Recording], followed: dict[int, Followed]) -> set[int]:
    """Of those that are to be looked at again, those that have left something to do."""
    looks = [
        Look(step_id=recording.step.step_id, task_id=recording.step.task_id)
        for recording in recordings
        if recording.step.step_id in followed and followed[recording.step.step_id].look_again
    ]
    if not looks:
        return set()
    try:
        return recordings[0].runtime.database.once(lambda connection: still_to_do(connection, looks))
    except SQLAlchemyError:
        # The look that writes tries for longer, and says so where it gives up.
        return {look.step_id for look in looks}


def _after(recording: Recording, followed: Followed, missed: set[int]) -> Advance:
    advance = Advance(here=followed.claimed, others=followed.marked)
    with recording.runtime.holdings.telling:
        announce(recording, advance, change=recording.change)
        if recording.step.step_id not in missed:
            return advance
        return look_again(recording, Recorded(change=recording.change, advance=advance))


def _announce_ends(recordings: Sequence[Recording], followed: dict[int, Followed]) -> None:
    """Of the tasks that came to their end, after all of these steps."""
    for recording in recordings:
        if (found := followed.get(recording.step.step_id)) is not None:
            announce_end(recording.runtime, recording.definition.key, recording.step.task_id, found.settled)
