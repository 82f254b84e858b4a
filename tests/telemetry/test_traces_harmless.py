"""Nothing that takes spans, and nothing that is missing, fails a step."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Sampler, SamplingResult

from tests.reliability.conftest import MakeLab
from tests.reliability.shapes import chain
from tests.telemetry.spans import Spans


class FaultyStart(SpanProcessor):
    """Fails whenever a span begins."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        raise ZeroDivisionError("a span begins")


class FaultyEnd(SpanProcessor):
    """Fails whenever a span ends."""

    def on_end(self, span: ReadableSpan) -> None:
        raise ZeroDivisionError("a span ends")


class FaultyExporter(SpanExporter):
    """Exports nothing."""

    def export(self, spans: Any) -> SpanExportResult:
        raise ZeroDivisionError("an export")


class FaultySampler(Sampler):
    """Decides nothing."""

    def should_sample(self, *_arguments: Any, **_options: Any) -> SamplingResult:
        raise ZeroDivisionError("a sampler")

    def get_description(self) -> str:
        return "faulty"


def provider_with(processor: SpanProcessor) -> TracerProvider:
    provider = TracerProvider()
    provider.add_span_processor(processor)
    return provider


@pytest.mark.parametrize(
    "provider",
    [
        provider_with(FaultyStart()),
        provider_with(FaultyEnd()),
        provider_with(SimpleSpanProcessor(FaultyExporter())),
        TracerProvider(sampler=FaultySampler()),
    ],
    ids=["start", "end", "exporter", "sampler"],
)
def test_what_takes_spans_may_fail_and_the_task_ends_all_the_same(
    make_lab: MakeLab, provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    lab = make_lab(tracer_provider=provider)
    task = lab.run(chain(), {"fail": {"three": "for good"}})

    assert [step.status for step in task.steps.values()] == ["complete", "complete", "error"]
    assert "ZeroDivisionError" in caplog.text


def test_a_fault_is_said_once_not_for_every_span(make_lab: MakeLab, caplog: pytest.LogCaptureFixture) -> None:
    lab = make_lab(tracer_provider=provider_with(FaultyEnd()))
    for _ in range(3):
        lab.run(chain())

    assert caplog.text.count("traces: ending an attempt failed") == 1


def test_spans_that_are_not_sampled_are_not_told(make_lab: MakeLab) -> None:
    spans = Spans(provider=TracerProvider(sampler=ALWAYS_OFF))
    lab = make_lab(tracer_provider=spans.provider)

    assert lab.run(chain()).status == "complete"
    assert spans.all == ()


WITHOUT = """
    import sys

    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "opentelemetry":
                raise ModuleNotFoundError(name=name)

    sys.meta_path.insert(0, Missing())

    import importlib.util
    real = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *more: None if name.startswith("opentelemetry") else real(name, *more)

    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy
    from flask_tasker import HandlerFactory, StepRun, Tasker, TaskHandler, step, task_handler
    from flask_tasker.errors import ConfigurationError
    from flask_tasker.testing import drain

    handlers = HandlerFactory()

    @task_handler("charge", factory=handlers)
    class Charge(TaskHandler):
        @step
        def card(self, run: StepRun) -> bool:
            return True

    app = Flask("shop")
    app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", TESTING=True)
    db = SQLAlchemy(app)
    tasker = Tasker(app, handlers=handlers)
    with app.app_context():
        db.create_all()
        tasker.create_task(Charge.request())
    print(drain(app), any(name.startswith("opentelemetry") for name in sys.modules))

    try:
        Tasker(Flask("other"), tracer_provider=object())
    except ConfigurationError as error:
        print(error)
"""


def test_without_the_extra_tasks_run_and_nothing_of_it_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(WITHOUT)], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "1 False",
        "Tasker(tracer_provider=...) needs an extra that is not installed: pip install 'flask-tasker[otel]'",
    ]


def test_where_traces_are_switched_off_what_makes_them_is_not_imported() -> None:
    program = """
        import sys
        from flask import Flask
        from flask_sqlalchemy import SQLAlchemy
        from flask_tasker import Tasker

        app = Flask("shop")
        app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", TESTING=True, TASKER_TRACES=False)
        SQLAlchemy(app)
        Tasker(app)
        print(any(name.startswith("flask_tasker.telemetry.traces") for name in sys.modules))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
