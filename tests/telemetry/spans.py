"""Spans of an app, as its exporter gets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from tests.behaviour.eventually import eventually
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab

Address = tuple[int, int]


def address(span: ReadableSpan) -> Address:
    """Its trace, and its key in it."""
    context = span.get_span_context()
    assert context is not None
    return context.trace_id, context.span_id


def parent(span: ReadableSpan) -> Address | None:
    """The address of its parent."""
    return None if span.parent is None else (span.parent.trace_id, span.parent.span_id)


def links(span: ReadableSpan) -> list[Address]:
    """The addresses of those that it is linked to."""
    return [(link.context.trace_id, link.context.span_id) for link in span.links]


def attributes(span: ReadableSpan) -> dict[str, object]:
    """All that it says."""
    return dict(span.attributes or {})


def said(span: ReadableSpan, name: str) -> object:
    """What it says by an attribute."""
    return attributes(span).get(name)


@dataclass
class Spans:
    """What has ended, in that order."""

    provider: TracerProvider = field(default_factory=TracerProvider)
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)

    def __post_init__(self) -> None:
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    @property
    def tracer(self) -> Tracer:
        """The user's own."""
        return self.provider.get_tracer("shop")

    @property
    def all(self) -> Sequence[ReadableSpan]:
        """Every span."""
        return self.exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        """Of all."""
        return [span.name for span in self.all]

    def named(self, name: str) -> list[ReadableSpan]:
        """Those of a name."""
        return [span for span in self.all if span.name == name]

    def one(self, name: str) -> ReadableSpan:
        """The only one of its name; a worker tells of it a moment after the rows are seen."""
        eventually(lambda: bool(self.named(name)), what=lambda: self.names)
        (span,) = self.named(name)
        return span

    @contextmanager
    def request(self) -> Iterator[None]:
        """While a web request is answered."""
        with self.tracer.start_as_current_span("POST /orders"):
            yield


@dataclass
class Traced:
    """An app, and its spans."""

    lab: Lab
    spans: Spans


def traced_lab(make_lab: MakeLab, **config: object) -> Traced:
    """An app whose spans are kept."""
    spans = Spans()
    return Traced(make_lab(tracer_provider=spans.provider, **config), spans)
