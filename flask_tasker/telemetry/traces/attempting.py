"""The span of an attempt: current while the handler runs, so that what it does nests in it.

Of its relation to who created the task "Semantic conventions for messaging spans" (OpenTelemetry), "Trace structure",
says: always a link; a parent only where one message is processed, and no other span is open. An attempt is of one step
of one task, so where a worker runs it the creation is its parent as well, and a task with all its retries is one trace.
Where a span of the host's is open (of the request that runs steps inline), that is the parent, and the link remains.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

from ...engine.tracing import UNTRACED, AttemptTrace
from ...lifecycle import Attempt, Failed, Outcome, decide
from ...store.claims import ClaimedStep, TaskFacts
from .attributes import PROCESS, Attributes, error_type, kind_of, of_attempt
from .carrier import context_of
from .memory import Memory, Ran
from .opening import Tracer


@dataclass
class AttemptSpan:
    """The span of an attempt that runs, and the context that is current meanwhile."""

    tracer: Tracer
    span: Span
    context: Context
    attempt: Attempt
    error: BaseException | None = None

    def raised(self, error: BaseException, /) -> None:
        """Keep what went wrong: its kind is wanted."""
        self.error = error

    def came_to(self, outcome: Outcome, /) -> None:
        """Say how it ended; the texts are those that the database gets, which are bounded."""
        if isinstance(outcome, Failed):
            self.tracer.harmless("describing an attempt", lambda: self._failed(outcome))
        # Its traceback holds the handler's frames.
        self.error = None

    def _failed(self, failed: Failed) -> None:
        kind = "failed" if self.error is None else error_type(self.error)
        message = self.tracer.told(failed.error)
        told = {"exception.type": kind, "exception.message": message}
        self.span.add_event("exception", {**told, "exception.stacktrace": self.tracer.told(failed.trace)})
        self.span.set_attribute("error.type", kind)
        due_in = decide(failed, self.attempt).due_in
        if due_in is not None:
            self.span.set_attribute("tasker.retry_in", due_in)
        self.span.set_status(Status(StatusCode.ERROR, message))


@contextmanager
def attempt_span(
    tracer: Tracer, memory: Memory, facts: TaskFacts, step: ClaimedStep, *, queue: str, worker: str
) -> Iterator[AttemptTrace]:
    """While the handler runs; ``memory`` gets to know of it."""
    attributes = of_attempt(facts, step, queue=queue, worker=worker)
    begun = tracer.harmless("beginning an attempt", lambda: _begin(tracer, memory, facts, step, attributes))
    if begun is None:
        yield UNTRACED
        return
    token = attach(begun.context)
    try:
        yield begun
    finally:
        detach(token)
        tracer.harmless("ending an attempt", begun.span.end)


def _begin(tracer: Tracer, memory: Memory, facts: TaskFacts, step: ClaimedStep, attributes: Attributes) -> AttemptSpan:
    created_in = context_of(facts.trace_context)
    creation = trace.get_current_span(created_in).get_span_context()
    # A span that has ended is no scope, though a thread that was started in it may have inherited it.
    parent = created_in if creation.is_valid and not trace.get_current_span().is_recording() else None
    began = time.time_ns()
    span = tracer.start(
        f"{PROCESS} {kind_of(facts.key)} {step.name}",
        kind=SpanKind.CONSUMER,
        attributes=attributes,
        context=parent,
        links=[Link(creation)] if creation.is_valid else [],
        start_time=began,
    )
    memory.ran(facts, step, Ran(number=step.attempt.number, span=span.get_span_context(), began=began))
    return AttemptSpan(tracer, span, trace.set_span_in_context(span, parent), step.attempt)
