"""What operators do: cancel, retry, skip, resolve; refused where the state forbids it, recorded with who and why."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ..errors import NotAllowedError, NotFoundError, UnavailableError
from ..handlers import storable
from ..lifecycle import (
    OPEN_STEP,
    StepRef,
    StepStatus,
    TaskStatus,
    Verb,
    step_target,
    step_verbs,
    task_target,
    task_verbs,
)
from ..store.clock import Clock
from ..store.settlement import Settled
from ..store.verbs import (
    Actor,
    LockedStep,
    LockedTask,
    ask_to_stop,
    lock_any_task,
    lock_steps,
    move_steps,
    move_tasks,
    task_of_step,
)
from .announcing import Moves, announce_end, announce_moves
from .bystander import bystander
from .logged import task_fields
from .runtime import Runtime
from .telling import tell

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass
class _Change:
    """What a verb does inside its transaction, and what is left to do after the commit."""

    runtime: Runtime
    connection: sa.Connection
    task: LockedTask
    actor: Actor
    ready: list[StepRef] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    settled: Settled | None = None
    moves: Moves = field(default_factory=Moves)

    def end_steps(self, steps: Sequence[LockedStep], target: StepStatus, results: Any = None) -> None:
        """Steps that are done without having run: their children may go on."""
        move_steps(
            self.connection, self.runtime.database.clock, steps, target=target, actor=self.actor, results=results
        )
        self.moves.steps += [(step, target) for step in steps]
        self.reopen()
        for step in steps:
            self.look(step.step_id)

    def again(self, steps: Sequence[LockedStep]) -> None:
        """Steps that are tried again, from the first attempt on."""
        move_steps(self.connection, self.runtime.database.clock, steps, target=StepStatus.PENDING, actor=self.actor)
        self.moves.steps += [(step, StepStatus.PENDING) for step in steps]
        self.reopen()
        self.ready.extend(StepRef(step.step_id, step.name) for step in steps)

    def reopen(self) -> None:
        """A task in error goes on."""
        if self.task.status is TaskStatus.ERROR:
            clock = self.runtime.database.clock
            move_tasks(self.connection, clock, [self.task], target=TaskStatus.IN_PROGRESS, actor=self.actor)
            self.moves.tasks.append((self.task, TaskStatus.IN_PROGRESS))

    def look(self, step_id: int) -> None:
        """Mark the children that are ready now; settle the task if it has ended."""
        advance = bystander(self.runtime, self.task.task_id).after(self.connection, step_id, done=True, sees_all=False)
        self.ready.extend(advance.others)
        self.settled = self.settled or advance.settled
        if advance.look_again:
            self.ended.append(step_id)


def act_on_step(runtime: Runtime, step_id: int, verb: Verb, *, actor: Actor, results: Any = None) -> StepStatus:
    """Do ``verb`` to a step; gives back the state in which it stands then.

    Cancelling a cancelled step is no error; a running one is asked to stop, and stays in progress until it has.

    Raises:
        NotFoundError: there is no such step.
        NotAllowedError: the state does not allow it; the message says what it allows.
    """
    most = runtime.settings.max_payload_bytes
    kept = storable(results, "results", max_bytes=most) if verb is Verb.RESOLVE else None
    task_id = runtime.database.read(lambda connection: task_of_step(connection, step_id))
    if task_id is None:
        raise NotFoundError(f"no step {step_id}")

    def change(work: _Change) -> StepStatus:
        found = lock_steps(work.connection, [task_id], statuses=list(StepStatus), step_id=step_id)
        if not found:
            raise NotFoundError(f"no step {step_id}")
        step = found[0]
        if verb is Verb.CANCEL and step.status is StepStatus.CANCELLED:
            return step.status
        allowed = step_verbs(step.status, work.task.status)
        if verb not in allowed:
            state = f"{step.status} in a task that is {work.task.status}"
            raise NotAllowedError(f"step {step.name!r}", verb, state, allowed)
        if step.status is StepStatus.IN_PROGRESS:
            ask_to_stop(work.connection, runtime.database.clock, [step], actor=actor)
            return step.status
        if verb is Verb.RETRY:
            work.again([step])
        else:
            work.end_steps([step], step_target(verb), kept)
        return step_target(verb)

    return _changed(runtime, task_id, actor, change)


def act_on_task(runtime: Runtime, task_id: int, verb: Verb, *, actor: Actor) -> TaskStatus:
    """Do ``verb`` to a task; gives back its new state. Cancelling a cancelled task is no error.

    Raises:
        NotFoundError: there is no such task.
        NotAllowedError: the state does not allow it; the message says what it allows.
    """

    def change(work: _Change) -> TaskStatus:
        task = work.task
        if verb is Verb.CANCEL and task.status is TaskStatus.CANCELLED:
            return task.status
        allowed = task_verbs(task.status)
        if verb not in allowed:
            raise NotAllowedError(f"task {task_id}", verb, task.status, allowed)
        work.moves = write_to_tasks(work.connection, runtime.database.clock, [task], verb, actor)
        work.ready.extend(StepRef(step.step_id, step.name) for step in work.moves.again)
        return task_target(verb)

    return _changed(runtime, task_id, actor, change)


def write_to_tasks(
    connection: sa.Connection, clock: Clock, tasks: Sequence[LockedTask], verb: Verb, actor: Actor
) -> Moves:
    """Do ``verb`` to locked tasks whose state allows it; gives back what was moved."""
    ids = [task.task_id for task in tasks]
    target = task_target(verb)
    moves = Moves(tasks=[(task, target) for task in tasks])
    if verb is Verb.CANCEL:
        steps = lock_steps(connection, ids, statuses=OPEN_STEP)
        running = [step for step in steps if step.status is StepStatus.IN_PROGRESS]
        waiting = [step for step in steps if step.status is not StepStatus.IN_PROGRESS]
        move_steps(connection, clock, waiting, target=StepStatus.CANCELLED, actor=actor)
        moves.steps += [(step, StepStatus.CANCELLED) for step in waiting]
        ask_to_stop(connection, clock, running, actor=actor)
    elif verb is Verb.RETRY:
        # In a task that is in error nothing waits for a retry any more: every failed step has failed for good.
        again = lock_steps(connection, ids, statuses=[StepStatus.ERROR])
        move_steps(connection, clock, again, target=StepStatus.PENDING, actor=actor)
        moves.steps += [(step, StepStatus.PENDING) for step in again]
    move_tasks(connection, clock, tasks, target=target, actor=actor)
    return moves


def _changed(runtime: Runtime, task_id: int, actor: Actor, change: Callable[[_Change], T]) -> T:
    done: list[_Change] = []

    def write(connection: sa.Connection) -> T:
        task = lock_any_task(connection, task_id)
        if task is None:
            raise NotFoundError(f"no task {task_id}")
        work = _Change(runtime=runtime, connection=connection, task=task, actor=actor)
        result = change(work)
        done[:] = [work]
        return result

    result = runtime.database.transaction(write)
    _after_commit(runtime, done[0])
    return result


def _after_commit(runtime: Runtime, work: _Change) -> None:
    task = work.task
    ready = list(work.ready)
    for step_id in work.ended:
        look = partial(bystander(runtime, task.task_id).after, step_id=step_id, done=True, sees_all=True)
        try:
            again = runtime.database.transaction(look)
        except (SQLAlchemyError, UnavailableError):
            # Perhaps it was committed in the last moment of a request's time: it is to be told all the same.
            fields = task_fields(runtime, task.task_id, task.handler)
            logger.exception("task %d: could not look again; the sweep will", task.task_id, extra=fields)
            continue
        ready.extend(again.others)
        work.settled = work.settled or again.settled
    announce_moves(runtime, work.moves, work.actor, {task.task_id: task.handler})
    announce_end(runtime, task.handler, task.task_id, work.settled)
    tell(runtime, task.task_id, task.handler, ready)
