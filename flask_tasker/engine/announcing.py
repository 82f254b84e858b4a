"""Announcing what has been committed: which signal says it, and what it carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from blinker import NamedSignal

from .. import signals
from ..lifecycle import BYPASSED, StepChange, StepMessage, StepRef, StepStatus, TaskStatus
from ..store.claims import ClaimedStep, task_facts
from ..store.leases import EndedLease
from ..store.settlement import Settled
from ..store.verbs import Actor, LockedStep, LockedTask
from ..typing import HandlerKey
from .runtime import Runtime

if TYPE_CHECKING:
    from .new_task import Created

GONE: Final[HandlerKey] = ("", "", "")
"""Of a task that was purged before anybody could be told."""

_ENDS: Final[Mapping[str, NamedSignal]] = {
    TaskStatus.COMPLETE: signals.task_completed,
    TaskStatus.ERROR: signals.task_failed,
}
_TASKS_BY_HAND: Final[Mapping[str, NamedSignal]] = {
    TaskStatus.CANCELLED: signals.task_cancelled,
    TaskStatus.IN_PROGRESS: signals.task_reopened,
    TaskStatus.RESOLVED_MANUALLY: signals.task_resolved,
}
_STEPS_BY_HAND: Final[Mapping[str, NamedSignal]] = {
    StepStatus.CANCELLED: signals.step_cancelled,
    StepStatus.PENDING: signals.step_retried,
    StepStatus.RESOLVED_MANUALLY: signals.step_resolved,
    StepStatus.SKIPPED: signals.step_skipped,
}


@dataclass(kw_only=True)
class Moves:
    """Tasks and steps that a person has moved, each as it was before, and the state since."""

    tasks: list[tuple[LockedTask, TaskStatus]] = field(default_factory=list)
    steps: list[tuple[LockedStep, StepStatus]] = field(default_factory=list)

    @property
    def again(self) -> list[LockedStep]:
        """The steps that may be claimed again."""
        return [step for step, target in self.steps if target is StepStatus.PENDING]


def announce_new(runtime: Runtime, created: Created) -> None:
    """A new task and the steps of it that are bypassed; where that is all of them, its end as well."""
    runtime.announce(signals.task_created, partial(_created, created, None, TaskStatus.PENDING))
    for step in created.bypassed:
        runtime.announce(signals.step_skipped, partial(_bypassed, created, step))
    if created.row["status"] == TaskStatus.COMPLETE:
        runtime.announce(signals.task_completed, partial(_created, created, TaskStatus.PENDING, TaskStatus.COMPLETE))


def announce_claimed(runtime: Runtime, handler: HandlerKey, steps: Sequence[ClaimedStep]) -> None:
    """Steps that this process has claimed, perhaps the first of their task."""
    for step in steps:
        if step.starts_task:
            runtime.announce(signals.task_started, partial(_started, runtime, handler, step))
        runtime.announce(signals.step_started, partial(_claimed, runtime, handler, step))


def announce_lost_claims(runtime: Runtime, message: StepMessage, *, claimed: int) -> None:
    """Of the steps of a message so many were to be had, perhaps not all."""
    wanted = len(message.steps)
    if claimed < wanted:
        runtime.announce(
            signals.claims_lost,
            lambda: signals.ClaimEvent(
                task_id=message.task_id,
                handler=message.handler,
                wanted=wanted,
                claimed=claimed,
                worker=runtime.worker,
            ),
        )


def announce_refused(runtime: Runtime, handler: HandlerKey, step: ClaimedStep) -> None:
    """An outcome that was not written."""
    runtime.announce(
        signals.result_refused,
        lambda: signals.RefusedEvent(
            task_id=step.task_id,
            step_id=step.step_id,
            name=step.name,
            handler=handler,
            attempt=step.attempt.number,
            worker=runtime.worker,
        ),
    )


def announce_change(
    runtime: Runtime,
    handler: HandlerKey,
    change: StepChange,
    *,
    of: ClaimedStep | EndedLease,
    seconds: float | None = None,
) -> None:
    """What an attempt came to, as it was recorded: that ``of`` a worker, or of one whose lease had ended."""

    def event() -> signals.StepEvent:
        return signals.StepEvent(
            task_id=of.task_id,
            step_id=of.step_id,
            name=of.name,
            handler=handler,
            source=StepStatus.IN_PROGRESS,
            target=change.status,
            attempt=change.attempts,
            actor=runtime.worker,
            reason=change.reason,
            error=change.error,
            retry_in=change.due_in,
            seconds=seconds,
        )

    runtime.announce(_signal_of(change, lease_ended=isinstance(of, EndedLease)), event)


def announce_end(runtime: Runtime, handler: HandlerKey | None, task_id: int, settled: Settled | None) -> None:
    """A task that came to its end, if it did."""
    if settled is None:
        return
    runtime.announce(
        _ENDS[settled.target],
        lambda: signals.TaskEvent(
            task_id=task_id,
            handler=handler or handler_of(runtime, task_id),
            source=settled.source,
            target=settled.target,
            actor=runtime.worker,
            seconds=settled.seconds,
        ),
    )


def announce_moves(runtime: Runtime, moves: Moves, actor: Actor, handlers: Mapping[int, HandlerKey]) -> None:
    """What a person did to steps and tasks; ``handlers`` by the key of the task."""
    for step, after in moves.steps:
        runtime.announce(_STEPS_BY_HAND[after], partial(_moved_step, step, after, actor, handlers))
    for task, target in moves.tasks:
        runtime.announce(_TASKS_BY_HAND[target], partial(_moved_task, task, target, actor))


def handler_of(runtime: Runtime, task_id: int) -> HandlerKey:
    """The handler of a task, asked for only where somebody is to be told."""
    facts = runtime.database.read(lambda connection: task_facts(connection, task_id))
    return GONE if facts is None else facts.key


def _signal_of(change: StepChange, *, lease_ended: bool) -> NamedSignal:
    if change.status is StepStatus.COMPLETE:
        return signals.step_completed
    if change.status is StepStatus.CANCELLED:
        return signals.step_cancelled
    if lease_ended:
        return signals.step_lease_ended
    return signals.step_given_back if change.given_back else signals.step_failed


def _created(created: Created, source: TaskStatus | None, target: TaskStatus) -> signals.TaskEvent:
    return signals.TaskEvent(
        task_id=created.row["task_id"],
        handler=created.handler,
        source=source,
        target=target,
        actor=created.row["initiator"],
    )


def _bypassed(created: Created, step: StepRef) -> signals.StepEvent:
    return signals.StepEvent(
        task_id=created.row["task_id"],
        step_id=step.step_id,
        name=step.name,
        handler=created.handler,
        source=StepStatus.PENDING,
        target=StepStatus.SKIPPED,
        attempt=0,
        actor=created.row["initiator"],
        reason=BYPASSED,
    )


def _started(runtime: Runtime, handler: HandlerKey, step: ClaimedStep) -> signals.TaskEvent:
    return signals.TaskEvent(
        task_id=step.task_id,
        handler=handler,
        source=TaskStatus.PENDING,
        target=TaskStatus.IN_PROGRESS,
        actor=runtime.worker,
    )


def _claimed(runtime: Runtime, handler: HandlerKey, step: ClaimedStep) -> signals.StepEvent:
    return signals.StepEvent(
        task_id=step.task_id,
        step_id=step.step_id,
        name=step.name,
        handler=handler,
        source=step.source,
        target=StepStatus.IN_PROGRESS,
        attempt=step.attempt.number,
        actor=runtime.worker,
        waited=step.waited,
    )


def _moved_step(
    step: LockedStep, target: StepStatus, actor: Actor, handlers: Mapping[int, HandlerKey]
) -> signals.StepEvent:
    return signals.StepEvent(
        task_id=step.task_id,
        step_id=step.step_id,
        name=step.name,
        handler=handlers[step.task_id],
        source=step.status,
        target=target,
        attempt=step.attempts,
        actor=actor.name,
        reason=actor.reason,
    )


def _moved_task(task: LockedTask, target: TaskStatus, actor: Actor) -> signals.TaskEvent:
    return signals.TaskEvent(
        task_id=task.task_id,
        handler=task.handler,
        source=task.status,
        target=target,
        actor=actor.name,
        reason=actor.reason,
    )
