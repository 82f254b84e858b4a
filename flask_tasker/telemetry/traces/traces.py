"""The traces of one app."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext

from flask import Flask
from opentelemetry.trace import TracerProvider

from ...engine import Runtime
from ...engine.tracing import UNTRACED, AttemptTrace, Creation, Unfollowed, Wish
from ...redaction import NOTHING, Redactor
from ...store.claims import ClaimedStep, TaskFacts
from .attempting import attempt_span
from .creating import creation_spans
from .ending import Endings
from .memory import Memory
from .opening import Tracer


class Traces:
    """Tells OpenTelemetry of tasks that are written, of attempts that run, and of steps and tasks that end.

    ``runtime`` gives the engine's view of ``app``; ``provider`` is the host's, in place of the one of the process.
    """

    def __init__(
        self,
        app: Flask,
        runtime: Callable[[], Runtime],
        *,
        queue: str,
        provider: TracerProvider | None,
        redactor: Redactor = NOTHING,
    ) -> None:
        self._runtime = runtime
        self._queue = queue
        self._tracer = Tracer(provider, redactor=redactor)
        self._memory = Memory()
        self._endings = Endings(app, self._tracer, self._memory, lambda: runtime().database)
        self._follows()

    def creating(self, wishes: Sequence[Wish], /) -> AbstractContextManager[Creation]:
        """While tasks are being written."""
        if not self._follows():
            return nullcontext(Unfollowed(len(wishes)))
        return creation_spans(self._tracer, wishes, queue=self._queue)

    def attempting(self, facts: TaskFacts, step: ClaimedStep, /) -> AbstractContextManager[AttemptTrace]:
        """While the handler runs, in its thread."""
        if not self._follows():
            return nullcontext(UNTRACED)
        return attempt_span(self._tracer, self._memory, facts, step, queue=self._queue, worker=self._runtime().worker)

    def ending(self, task_ids: Collection[int], /) -> None:
        """These are told to have ended next."""
        if task_ids and self._follows():
            self._endings.expect(task_ids)

    def _follows(self) -> bool:
        """Whether anybody takes the spans. Only from then on the signals are listened to: telling them costs, too."""
        active = self._tracer.active
        if active:
            self._endings.listen()
        return active
