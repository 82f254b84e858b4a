"""The spans of tasks that are being written: what their attempts are linked to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from ...engine.tracing import Creation, Unfollowed, Wish
from ...errors import TaskerError
from .attributes import CREATE, error_type, kind_of, of_creation, of_message
from .carrier import as_text
from .opening import Tracer


@dataclass
class Creating:
    """Spans of tasks that are being written, one of each."""

    tracer: Tracer
    spans: Sequence[Span]
    contexts: Sequence[str | None]

    def wrote(self, task_ids: Sequence[int], /) -> None:
        """Let each span tell the key of its task."""
        self.tracer.harmless("describing a creation", lambda: self._wrote(task_ids))

    def failed(self, error: BaseException) -> None:
        """None was written."""
        self.tracer.harmless("describing a creation", lambda: self._failed(error))

    def end(self) -> None:
        """End all spans."""
        for span in self.spans:
            self.tracer.harmless("ending a creation", span.end)

    def _wrote(self, task_ids: Sequence[int]) -> None:
        for span, task_id in zip(self.spans, task_ids, strict=True):
            span.set_attributes(of_message(task_id))

    def _failed(self, error: BaseException) -> None:
        # The message of an error of the database's has what was to be written.
        told = self.tracer.told(str(error)) if isinstance(error, TaskerError) else None
        for span in self.spans:
            span.set_attribute("error.type", error_type(error))
            span.set_status(Status(StatusCode.ERROR, told))


@contextmanager
def creation_spans(tracer: Tracer, wishes: Sequence[Wish], *, queue: str) -> Iterator[Creation]:
    """While tasks are being written; the span of a single one is current, those of many stand beside each other."""
    begun = tracer.harmless("beginning a creation", lambda: _begin(tracer, wishes, queue=queue))
    if begun is None:
        yield Unfollowed(len(wishes))
        return
    alone = begun.spans[0] if len(begun.spans) == 1 else trace.get_current_span()
    token = attach(trace.set_span_in_context(alone))
    try:
        yield begun
    except BaseException as error:
        begun.failed(error)
        raise
    finally:
        detach(token)
        begun.end()


def _begin(tracer: Tracer, wishes: Sequence[Wish], *, queue: str) -> Creating:
    spans = [
        tracer.start(
            f"{CREATE} {kind_of(wish.handler)}",
            kind=SpanKind.PRODUCER,
            attributes=of_creation(wish.handler, queue=queue, correlation_id=wish.correlation_id),
        )
        for wish in wishes
    ]
    return Creating(tracer, spans, [as_text(trace.set_span_in_context(span)) for span in spans])
