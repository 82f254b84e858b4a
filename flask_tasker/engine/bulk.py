"""A verb for all tasks that a filter selects, a hundred of them in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa

from ..lifecycle import OPEN_STEP, StepMessage, StepRef, StepStatus, TaskStatus, Verb, task_verbs
from ..store.bulk import lock_steps_of, lock_tasks, move_tasks, selected_tasks
from ..store.reading import TaskFilter
from ..store.verbs import Actor, LockedStep, LockedTask, ask_to_stop, move_steps
from .outbox import send_now
from .runtime import Runtime

BATCH: Final = 100
BULK_VERBS: Final = (Verb.CANCEL, Verb.RETRY, Verb.RESOLVE)
TARGETS: Final = {
    Verb.CANCEL: TaskStatus.CANCELLED,
    Verb.RETRY: TaskStatus.IN_PROGRESS,
    Verb.RESOLVE: TaskStatus.RESOLVED_MANUALLY,
}


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
    write = partial(_write, runtime=runtime, which=which, task_ids=task_ids, verb=verb, actor=actor)
    written = runtime.database.transaction(write)
    send_now(
        runtime.send,
        [
            StepMessage(task_id=task.task_id, handler=task.handler, steps=(StepRef(step.step_id, step.name),))
            for task, steps in written
            if verb is Verb.RETRY
            for step in steps
        ],
    )
    return [task.task_id for task, _ in written]


def _write(
    connection: sa.Connection,
    *,
    runtime: Runtime,
    which: TaskFilter,
    task_ids: Sequence[int],
    verb: Verb,
    actor: Actor,
) -> list[tuple[LockedTask, Sequence[LockedStep]]]:
    clock = runtime.database.clock
    tasks = [task for task in lock_tasks(connection, which, task_ids) if verb in task_verbs(task.status)]
    # In a task that is in error nothing waits for a retry any more: every failed step has failed for good.
    touched = {Verb.CANCEL: OPEN_STEP, Verb.RETRY: (StepStatus.ERROR,)}.get(verb, ())
    found = lock_steps_of(connection, [task.task_id for task in tasks], statuses=touched) if touched else {}
    steps = [step for one in found.values() for step in one]
    if verb is Verb.CANCEL:
        running = [step for step in steps if step.status is StepStatus.IN_PROGRESS]
        waiting = [step for step in steps if step.status is not StepStatus.IN_PROGRESS]
        move_steps(connection, clock, waiting, target=StepStatus.CANCELLED, actor=actor)
        ask_to_stop(connection, clock, running, actor=actor)
    elif verb is Verb.RETRY:
        move_steps(connection, clock, steps, target=StepStatus.PENDING, actor=actor)
    move_tasks(connection, clock, tasks, target=TARGETS[verb], actor=actor)
    return [(task, found.get(task.task_id, ())) for task in tasks]
