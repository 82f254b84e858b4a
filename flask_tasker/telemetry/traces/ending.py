"""The spans of steps and tasks, which are made when these end.

A step is tried in several processes, and days may lie between: no span can be open for so long. So its span is made
afterwards, from the beginning that this process or the history knows, with links to those attempts that were run here;
all of them have the trace in common. It comes after the commit, by the signals, and costs no statement where the
process that ends a step has run its attempts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

from blinker import NamedSignal
from flask import Flask
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from ... import signals
from ...lifecycle import StepStatus, TaskStatus
from ...signals import StepEvent, TaskEvent, needs_no_context
from ...store.database import Database
from ...store.origins import Origin, seconds_since_first_claim, task_origins
from .attributes import Attributes, kind_of, of_kind, of_step
from .carrier import context_of
from .memory import Memory
from .opening import Tracer

STEP_ENDS: Final = (signals.step_completed, signals.step_failed, signals.step_lease_ended, signals.step_cancelled)
TASK_ENDS: Final = (signals.task_completed, signals.task_failed, signals.task_cancelled)
STEP: Final = "step"
TASK: Final = "task"
_NANO: Final = 1_000_000_000

Receiver = Callable[..., None]


class Endings:
    """Makes the spans of steps and tasks of one app; ``database`` is asked for what ``memory`` does not know."""

    def __init__(self, app: Flask, tracer: Tracer, memory: Memory, database: Callable[[], Database]) -> None:
        self._app = app
        self._tracer = tracer
        self._memory = memory
        self._database = database
        self._listens = False
        # Signals hold their receivers weakly, and know them by their identity.
        self._receivers: Mapping[Receiver, Sequence[NamedSignal]] = {
            self._receiver("telling the end of a step", self._step): STEP_ENDS,
            self._receiver("telling the end of a task", self._task): TASK_ENDS,
        }

    def listen(self) -> None:
        """Listen to the signals of the app from here on."""
        if self._listens:
            return
        for receiver, ends in self._receivers.items():
            for signal in ends:
                signal.connect(receiver, sender=self._app)
        self._listens = True

    def expect(self, task_ids: Collection[int]) -> None:
        """Many tasks are about to be told to have ended: ask for all of them at once where they came from."""
        self._tracer.harmless("asking where tasks came from", partial(self._expect, task_ids))

    def _expect(self, task_ids: Collection[int]) -> None:
        database = self._database()
        self._memory.note_origins(database.read(lambda connection: task_origins(connection, database.clock, task_ids)))

    def _receiver(self, what: str, tell: Callable[[Any], None]) -> Receiver:
        @needs_no_context
        def receive(_app: Any, *, event: Any) -> None:
            if self._tracer.active:
                self._tracer.harmless(what, partial(tell, event))

        return receive

    def _step(self, event: StepEvent) -> None:
        if event.retry_in is not None or event.source != StepStatus.IN_PROGRESS:
            # It is tried again; or it was cancelled before anybody had tried it.
            return
        ended, ran = time.time_ns(), self._memory.take_attempts(event.step_id)
        trace = self._memory.trace_of(event.task_id)
        if trace is None:
            origin = self._origin(event.task_id)
            trace = None if origin is None else origin.trace_context
        span = self._tracer.start(
            f"{STEP} {kind_of(event.handler)} {event.name}",
            kind=SpanKind.INTERNAL,
            attributes=_of_step(event),
            context=context_of(trace),
            links=[Link(one.span) for one in ran],
            start_time=ran[0].began if ran and ran[0].number == 1 else self._first_claim(event.step_id, before=ended),
        )
        if event.target == StepStatus.ERROR:
            span.set_status(Status(StatusCode.ERROR, self._tracer.told(event.error)))
        span.end(ended)

    def _task(self, event: TaskEvent) -> None:
        ended, seconds = time.time_ns(), event.seconds
        trace, origin = self._memory.take_trace(event.task_id), self._memory.take_origin(event.task_id)
        if trace is None or seconds is None:
            origin = origin or self._origin(event.task_id)
            if origin is None:
                return
            trace, seconds = origin.trace_context, origin.seconds
        span = self._tracer.start(
            f"{TASK} {kind_of(event.handler)}",
            kind=SpanKind.INTERNAL,
            attributes=_of_task(event),
            context=context_of(trace),
            start_time=_before(ended, seconds),
        )
        if event.target == TaskStatus.ERROR:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def _origin(self, task_id: int) -> Origin | None:
        database = self._database()
        return database.read(lambda connection: task_origins(connection, database.clock, [task_id])).get(task_id)

    def _first_claim(self, step_id: int, *, before: int) -> int:
        database = self._database()
        seconds = database.read(lambda connection: seconds_since_first_claim(connection, database.clock, step_id))
        return _before(before, seconds or 0.0)


def _of_task(event: TaskEvent) -> Attributes:
    return {"tasker.task.id": event.task_id, **of_kind(event.handler), "tasker.outcome": event.target}


def _of_step(event: StepEvent) -> Attributes:
    return {
        "tasker.task.id": event.task_id,
        **of_kind(event.handler),
        **of_step(event.step_id, event.name),
        "tasker.attempt": event.attempt,
        "tasker.outcome": event.target,
    }


def _before(moment: int, seconds: float) -> int:
    """A moment that was so many seconds before, by whichever clock they were counted; in nanoseconds."""
    return moment - round(max(0.0, seconds) * _NANO)
