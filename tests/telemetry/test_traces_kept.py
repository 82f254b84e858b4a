"""What a task keeps of the trace in which it was created, and how that is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from opentelemetry import baggage, trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.propagators.composite import CompositePropagator

from flask_tasker import StepRun, TaskHandler, TaskRequest, step, task_handler
from flask_tasker.models.task import TRACE_CONTEXT
from flask_tasker.telemetry.traces.carrier import as_text, context_of
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.reliability.shapes import chain
from tests.telemetry.spans import Spans, address, links, parent, traced_lab

A_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def kept(lab: Lab) -> list[Any]:
    """What the tasks have kept, as it stands in their rows."""
    with lab.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT trace_context FROM tasker_tasks ORDER BY task_id")))


def test_a_task_keeps_the_w3c_context_of_its_creation(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab)
    traced.lab.start(chain())
    trace_id, span_id = address(traced.spans.one("create default/chain"))

    found = json.loads(kept(traced.lab)[0])
    assert list(found) == ["traceparent"]
    assert found["traceparent"].startswith(f"00-{trace_id:032x}-{span_id:016x}-")


def test_the_hosts_propagators_decide_what_is_kept(make_lab: MakeLab) -> None:
    traced, before = traced_lab(make_lab), get_global_textmap()
    set_global_textmap(CompositePropagator([]))
    try:
        traced.lab.start(chain())
    finally:
        set_global_textmap(before)

    assert kept(traced.lab) == [None]


def test_baggage_comes_to_the_handler(make_lab: MakeLab) -> None:
    seen = []

    @task_handler("carrying")
    class Carrying(TaskHandler):
        @step
        def only(self, run: StepRun) -> None:
            seen.append(baggage.get_baggage("tenant"))

    lab = traced_lab(make_lab).lab
    token = attach(baggage.set_baggage("tenant", "north"))
    try:
        lab.start(Carrying)
    finally:
        detach(token)
    lab.drain()

    assert seen == ["north"]


def test_what_is_too_long_is_left_out_and_the_trace_is_kept(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab)
    token = attach(baggage.set_baggage("much", "x" * TRACE_CONTEXT))
    try:
        traced.lab.start(chain())
    finally:
        detach(token)

    (text,) = kept(traced.lab)
    assert list(json.loads(text)) == ["traceparent"]


def test_a_text_is_never_longer_than_its_column() -> None:
    for length in (0, 10, 1_000, 3_000, 4_000, 4_096, 8_000):
        span = trace.NonRecordingSpan(
            trace.get_current_span(context_of(json.dumps({"traceparent": A_PARENT}))).get_span_context()
        )
        context = baggage.set_baggage("some", "x" * length, trace.set_span_in_context(span, Context()))
        text = as_text(context)
        assert text is not None
        assert len(text) <= TRACE_CONTEXT
        assert json.loads(text)["traceparent"] == A_PARENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "7",
        '{"traceparent": 7}',
        '{"traceparent": ["00"]}',
        '{"traceparent": "00-zz"}',
        '{"traceparent": "00-00000000000000000000000000000000-0000000000000000-01"}',
        '{"traceparent": "\\u0000\\ud800"}',
        f'{{"traceparent": "{A_PARENT}", "tracestate": "{"=," * 100}"}}',
        '{"baggage": "%%%=;;,,=%ff"}',
        "[" * TRACE_CONTEXT,
    ],
)
def test_whatever_stands_in_the_row_the_step_runs(make_lab: MakeLab, text: str) -> None:
    traced = traced_lab(make_lab)
    task_id = traced.lab.start(chain())
    traced.lab.execute("UPDATE tasker_tasks SET trace_context = :text", text=text)
    traced.lab.drain()

    assert traced.lab.task(task_id).status == "complete"
    assert len(traced.spans.all) == 8


def test_a_text_that_is_longer_than_the_column_is_not_read() -> None:
    text = json.dumps({"traceparent": A_PARENT, "more": "x" * TRACE_CONTEXT})
    assert not trace.get_current_span(context_of(text)).get_span_context().is_valid


def test_a_task_that_nobody_followed_has_attempts_that_stand_alone(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab)
    traced.lab.start(chain())
    traced.lab.execute("UPDATE tasker_tasks SET trace_context = NULL")
    traced.lab.drain()
    attempt = traced.spans.one("process default/chain one")

    assert (parent(attempt), links(attempt)) == (None, [])
    assert links(traced.spans.one("step default/chain one")) == [address(attempt)]


def test_a_trace_goes_on_where_another_service_began_it(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab)
    token = attach(context_of(json.dumps({"traceparent": A_PARENT, "tracestate": "other=1"})))
    try:
        traced.lab.run(chain())
    finally:
        detach(token)
    attempt = traced.spans.one("process default/chain one")

    assert f"{address(attempt)[0]:032x}" in A_PARENT
    context = attempt.get_span_context()
    assert context is not None
    assert context.trace_state.to_header() == "other=1"


def test_nobody_can_give_a_trace_with_a_request(make_lab: MakeLab) -> None:
    lab = traced_lab(make_lab).lab
    chain()
    body = {"task": {"name": "chain", "context": {}, "trace_context": json.dumps({"traceparent": A_PARENT})}}
    response = lab.app.test_client().post("/tasker/tasks", json=body)

    assert response.status_code == 201, response.text
    (text,) = kept(lab)
    assert "traceparent" in text
    assert A_PARENT not in text
    with pytest.raises(TypeError):
        TaskRequest(name="chain", trace_context=A_PARENT)  # type: ignore[call-arg]


def test_no_call_shows_it(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab)
    task_id = traced.lab.start(chain())

    assert kept(traced.lab) != [None]
    for path in (f"/tasker/tasks/{task_id}", "/tasker/tasks"):
        assert "traceparent" not in traced.lab.app.test_client().get(path).text


def test_without_anybody_who_takes_the_spans_nothing_is_kept(lab: Lab) -> None:
    lab.run(chain())
    assert kept(lab) == [None]


def test_where_traces_are_switched_off_nothing_is_kept_or_told(make_lab: MakeLab) -> None:
    spans = Spans()
    lab = make_lab(tracer_provider=spans.provider, TASKER_TRACES=False)
    lab.run(chain())

    assert lab.runtime.tracing is None
    assert kept(lab) == [None]
    assert spans.all == ()
