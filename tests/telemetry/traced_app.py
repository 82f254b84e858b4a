"""The app of the behaviour suite, each of whose processes writes its spans to a file of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from tests.behaviour.app import create_app as create_untraced_app


def create_app(**config: Any) -> Flask:
    """As a user sets it up: the provider of the process, before the first request."""
    app = create_untraced_app(**config)
    out = (Path(app.config["SPANS"]) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8")
    exporter = ConsoleSpanExporter(out=out, formatter=lambda span: span.to_json(indent=None) + "\n")
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return app
