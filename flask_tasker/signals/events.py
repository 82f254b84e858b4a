"""What signals carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TaskEvent:
    """A change of a task's state.

    Attributes:
        handler: namespace, name and version of its handler.
        source: the state before; ``None`` where the task is new.
        target: the state since.
        actor: who did it: a worker's name, an operator's, the initiator of a new task.
        reason: why, where somebody said so.
        seconds: from its creation to its end, where it came to it by itself.
    """

    task_id: int
    handler: tuple[str, str, str]
    source: str | None
    target: str
    actor: str
    reason: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class StepEvent:
    """A change of a step's state.

    Attributes:
        handler: namespace, name and version of its task's handler.
        attempt: the number of the attempt; of what was given back that of the one before, which counts.
        error: what went wrong, where something did.
        retry_in: in how many seconds it is tried again, 0 for at once (what was given back); ``None`` where it is not.
        seconds: how long its handler ran, where it was run here.
        waited: how long it had been due when it was claimed; 0 for a child that was claimed with what freed it.
    """

    task_id: int
    step_id: int
    name: str
    handler: tuple[str, str, str]
    source: str
    target: str
    attempt: int
    actor: str
    reason: str | None = None
    error: str | None = None
    retry_in: float | None = None
    seconds: float | None = None
    waited: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClaimEvent:
    """A message whose steps were not all to be had: they are another worker's, or not due, or done already."""

    task_id: int
    handler: tuple[str, str, str]
    wanted: int
    claimed: int
    worker: str


@dataclass(frozen=True, kw_only=True)
class RefusedEvent:
    """An outcome that was not written: the step is not this worker's any more, or was asked to stop."""

    task_id: int
    step_id: int
    name: str
    handler: tuple[str, str, str]
    attempt: int
    worker: str


@dataclass(frozen=True, kw_only=True)
class SweepEvent:
    """A worker looked around; ``mended`` steps and tasks it had to help along."""

    worker: str
    mended: int


@dataclass(frozen=True, kw_only=True)
class WorkerEvent:
    """A worker process, which runs so many steps at once."""

    worker: str
    threads: int


@dataclass(frozen=True, kw_only=True)
class LostMessagesEvent:
    """So many messages that the broker did not take; the sweep finds their steps."""

    messages: int
