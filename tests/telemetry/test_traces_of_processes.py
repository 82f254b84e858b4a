"""One trace across two worker processes, Redis, and a process that is killed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from flask_tasker.telemetry.traces.traces import Traces
from tests.behaviour.eventually import eventually
from tests.behaviour.handlers.directions import failing
from tests.behaviour.harness import Setup, background, running_fleet, shared_redis
from tests.servers import fresh_database
from tests.telemetry.spans import Spans, address

Line = Mapping[str, Any]


@dataclass
class Traced:
    """Two worker processes of one thread each, the folder that they write their spans to, and those of this process."""

    setup: Setup
    folder: Path
    spans: Spans

    def start(self, handler: str, context: Mapping[str, Any]) -> int:
        """Start a task, as a web request does."""
        with self.spans.request():
            return self.setup.start(handler, context)

    def lines(self, task_id: int) -> list[Line]:
        """The spans of a task that the workers have written."""
        lines = [line for file in self.folder.glob("*.jsonl") for line in file.read_text().splitlines(keepends=True)]
        found = [json.loads(line) for line in lines if line.endswith("\n")]
        return [line for line in found if line["attributes"].get("tasker.task.id") == task_id]

    def finished(self, task_id: int) -> list[Line]:
        """The same once the task has ended, and its end was told."""
        self.setup.finish(task_id)
        eventually(lambda: any(line["name"].startswith("task ") for line in self.lines(task_id)), within=60)
        return self.lines(task_id)

    def creation(self, task_id: int) -> tuple[str, str]:
        """The trace and the key of the span in which a task was created, as JSON has them."""
        (span,) = [one for one in self.spans.all if (one.attributes or {}).get("tasker.task.id") == task_id]
        trace_id, span_id = address(span)
        return f"0x{trace_id:032x}", f"0x{span_id:016x}"


@pytest.fixture
def traced(postgres_url: str, tmp_path: Path) -> Iterator[Traced]:
    """Workers on a database and a Redis of their own."""
    log, spans = tmp_path / "workers.log", Spans()
    with fresh_database(postgres_url) as url, shared_redis() as broker:
        config: Mapping[str, Any] = {"TASKER_QUEUE": f"traces-{uuid.uuid4().hex}", "TASKER_LEASE_SECONDS": 2}
        settings = {"SQLALCHEMY_DATABASE_URI": url, "TASKER_BROKER_URL": broker, "SPANS": tmp_path, **config}
        with background(url, broker=broker, log=log.read_text, **config) as setup:
            traces = Traces(setup.app, lambda: setup.runtime, queue=setup.state.settings.queue, provider=spans.provider)
            setup.state._runtime = replace(setup.runtime, tracing=traces)
            with running_fleet(log, settings, processes=2, threads=1, app="tests.telemetry.traced_app"):
                yield Traced(setup, tmp_path, spans)


def test_two_processes_go_on_with_the_trace_of_the_request(traced: Traced, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    marks = [tmp_path / "left", tmp_path / "right"]
    ids = [traced.start("linear", {"marks": {"one": str(mark)}, "gates": {"one": str(gate)}}) for mark in marks]
    # Neither goes on before both run: each process has one thread.
    eventually(lambda: all(mark.exists() for mark in marks), within=60, what=traced.setup.log)
    gate.touch()
    lines = {task_id: traced.finished(task_id) for task_id in ids}

    for task_id, mine in lines.items():
        trace_id, creation = traced.creation(task_id)
        assert {line["context"]["trace_id"] for line in mine} == {trace_id}
        assert {line["parent_id"] for line in mine} == {creation}
        attempts = [line for line in mine if line["name"].startswith("process ")]
        assert [[link["context"]["span_id"] for link in line["links"]] for line in attempts] == [[creation]] * len(
            attempts
        )
        assert {line["kind"] for line in attempts} == {"SpanKind.CONSUMER"}
    firsts = [line for mine in lines.values() for line in mine if line["name"] == "process default/linear one"]
    assert len({line["attributes"]["messaging.client.id"] for line in firsts}) == 2


def test_a_process_that_is_killed_leaves_the_trace_to_another(traced: Traced) -> None:
    task_id = traced.start("linear", failing("two", "kill the worker", "succeed"))
    lines = traced.finished(task_id)
    trace_id, creation = traced.creation(task_id)
    (attempt,) = [line for line in lines if line["name"] == "process default/linear two"]
    (whole,) = [line for line in lines if line["name"] == "step default/linear two"]

    assert {line["context"]["trace_id"] for line in lines} == {trace_id}
    assert (attempt["attributes"]["tasker.attempt"], attempt["parent_id"]) == (2, creation)
    assert [link["context"]["span_id"] for link in whole["links"]] == [attempt["context"]["span_id"]]
    # It began with the attempt of the process that was killed.
    assert whole["start_time"] < attempt["start_time"]
    assert whole["attributes"]["tasker.attempt"] == 2
