"""The steps of a page as its time line takes them: in seconds after the task was requested."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ....lifecycle import DONE_STEP
from ....store.reading import StepMove
from ..drawing import Move, Progress
from .snapshot import Snapshot


def progress_of(snapshot: Snapshot, *, requested_at: datetime) -> list[Progress]:
    """Each step of the page, with its history."""

    def seconds(moment: datetime) -> float:
        return (moment - requested_at).total_seconds()

    moves = _moves(snapshot.moves, seconds)
    done = {
        step.workflow_step_id: seconds(step.processed_at or step.updated_at)
        for step in snapshot.steps
        if step.status in DONE_STEP
    }
    return [
        Progress(
            name=step.name,
            status=step.status,
            ready=_ready(snapshot.parents.get(step.workflow_step_id, ()), done),
            due=None if step.next_attempt_at is None else seconds(step.next_attempt_at),
            moves=moves[step.workflow_step_id],
        )
        for step in snapshot.rows
    ]


def _moves(moves: Sequence[StepMove], seconds: Callable[[datetime], float]) -> defaultdict[int, list[Move]]:
    found: defaultdict[int, list[Move]] = defaultdict(list)
    for move in moves:
        found[move.workflow_step_id].append(
            Move(source=move.from_status, target=move.to_status, attempt=move.attempt, at=seconds(move.created_at))
        )
    return found


def _ready(parents: Sequence[int], done: Mapping[int, float]) -> float | None:
    """When the last of the parents was done; a task's first steps are ready as soon as it is requested."""
    if any(parent not in done for parent in parents):
        return None
    return max((done[parent] for parent in parents), default=0.0)
