"""A verb for all tasks that a filter selects, a hundred of them in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa

from ..lifecycle import StepMessage, StepRef, TaskStatus, Verb, task_verbs
from ..store.bulk import lock_tasks, selected_tasks
from ..store.reading import TaskFilter
from ..store.verbs import Actor
from .announcing import Moves, announce_moves
from .outbox import send_now
from .runtime import Runtime
from .verbs import write_to_tasks

BATCH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What came of it.

    Attributes:
        task_ids: the tasks that were changed, or would be.
        skipped: those that were selected, and were so no more when it was their turn.
        more: whether more are selected than were looked at.
    """

    task_ids: Sequence[int]
    skipped: Sequence[int] = ()
    more: bool = False


def act_on_tasks(
    runtime: Runtime, which: TaskFilter, verb: Verb, *, actor: Actor, limit: int, dry_run: bool = False
) -> Bulk:
    """Do ``verb`` to at most ``limit`` tasks that ``which`` selects and whose state allows it, oldest first.

    Each hundred is a transaction: what was done before something went wrong stays done, and saying it again goes on.
    """
    statuses = [status for status in TaskStatus if verb in task_verbs(status)]
    select = partial(selected_tasks, which=which, statuses=statuses, limit=limit + 1)
    selected = runtime.database.read(select)
    wanted, more = selected[:limit], len(selected) > limit
    if dry_run:
        return Bulk(task_ids=wanted, more=more)
    done: list[int] = []
    for first in range(0, len(wanted), BATCH):
        done += _act_on_batch(runtime, which, wanted[first : first + BATCH], verb, actor)
    changed = set(done)
    return Bulk(task_ids=done, skipped=[task_id for task_id in wanted if task_id not in changed], more=more)


def _act_on_batch(runtime: Runtime, which: TaskFilter, task_ids: Sequence[int], verb: Verb, actor: Actor) -> list[int]:
    def write(connection: sa.Connection) -> Moves:
        tasks = [task for task in lock_tasks(connection, which, task_ids) if verb in task_verbs(task.status)]
        return write_to_tasks(connection, runtime.database.clock, tasks, verb, actor)

    moves = runtime.database.transaction(write)
    handlers = {task.task_id: task.handler for task, _ in moves.tasks}
    if runtime.tracing is not None:
        runtime.tracing.ending([task.task_id for task, target in moves.tasks if target is TaskStatus.CANCELLED])
    announce_moves(runtime, moves, actor, handlers)
    send_now(
        runtime.send,
        [
            StepMessage(task_id=step.task_id, handler=handlers[step.task_id], steps=(StepRef(step.step_id, step.name),))
            for step in moves.again
        ],
    )
    return list(handlers)
