"""Spans of this app, begun and ended so that nothing that goes wrong with them reaches the engine.

Samplers, span processors and exporters are other people's code, and run when a span begins or ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final, TypeVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, TracerProvider

from ...engine.complaint import Complaint
from ...redaction import NOTHING, Redactor
from .attributes import Attributes

T = TypeVar("T")
SCOPE: Final = "flask_tasker"


class Tracer:
    """Makes spans by the provider that the host has given, or by the one of the process.

    ``redactor`` takes secrets out of what handlers and other systems have said.
    """

    def __init__(self, provider: TracerProvider | None = None, *, redactor: Redactor = NOTHING) -> None:
        self.redactor = redactor
        self._given = provider is not None
        self._tracer = trace.get_tracer(SCOPE, _version(), provider)
        self._complaints: dict[str, Complaint] = {}

    @property
    def active(self) -> bool:
        """Whether anybody has set up what takes the spans; without, there is nothing to do."""
        return self._given or not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)

    def start(
        self,
        name: str,
        *,
        kind: SpanKind,
        attributes: Attributes,
        context: Context | None = None,
        links: Sequence[Link] = (),
        start_time: int | None = None,
    ) -> Span:
        """Begin a span in ``context``, or in the current one."""
        return self._tracer.start_span(
            name, context=context, kind=kind, attributes=attributes, links=links, start_time=start_time
        )

    def told(self, text: str | None) -> str:
        """Free text as a span may have it."""
        return self.redactor.redacted_text(text or "")

    def harmless(self, what: str, action: Callable[[], T]) -> T | None:
        """Do ``what`` about a span; where it fails, that is said once, and ``None`` comes back."""
        complaint = self._complaints.get(what) or self._complaints.setdefault(what, Complaint(f"traces: {what}"))
        try:
            done = action()
        except Exception as error:
            complaint.failed(error)
            return None
        complaint.worked()
        return done


@cache
def _version() -> str | None:
    try:
        return version("flask-tasker")
    except PackageNotFoundError:
        return None
