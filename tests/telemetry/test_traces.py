"""A web request, a task, its steps and their attempts are one trace, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy.exc import IntegrityError

from flask_tasker import DuplicateTaskError, PermanentError, Retry, StepRun, TaskHandler, step, task_handler
from flask_tasker.engine import act_on_tasks, create_task_once
from flask_tasker.engine.claiming import claim_all
from flask_tasker.engine.reclaim import reclaim_ended
from flask_tasker.engine.tracing import Wish
from flask_tasker.lifecycle import Verb
from flask_tasker.store.reading import TaskFilter
from flask_tasker.store.verbs import Actor
from tests.behaviour.eventually import eventually
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab
from tests.reliability.moments import AT_ONCE, end_leases, steal_lease
from tests.reliability.shapes import chain
from tests.reliability.test_signals import refused_at_first
from tests.telemetry.spans import Traced, address, attributes, links, parent, said, traced_lab

CHAIN = "default/chain"
REQUEST = "POST /orders"


@pytest.fixture
def traced(make_lab: MakeLab) -> Traced:
    """An app whose spans are kept, on each database."""
    return traced_lab(make_lab)


def started(traced: Traced, handler: type[TaskHandler[Any]], context: Any = None, **options: Any) -> int:
    """A task that a web request has started."""
    with traced.spans.request():
        return traced.lab.start(handler, context, **options)


def assert_one_trace(traced: Traced, *, created: str) -> ReadableSpan:
    """All spans are of the request's trace; gives back that of the creation."""
    spans = traced.spans
    (creation,) = spans.named(created)
    (request,) = spans.named(REQUEST)
    assert parent(creation) == address(request)
    assert {address(span)[0] for span in spans.all} == {address(request)[0]}
    assert {parent(span) for span in spans.all if span not in (creation, request)} == {address(creation)}
    return creation


def test_a_request_a_task_its_steps_and_attempts_are_one_trace(traced: Traced) -> None:
    task_id = started(traced, chain())
    traced.lab.drain()
    creation = assert_one_trace(traced, created=f"create {CHAIN}")
    spans = traced.spans

    for name in ("one", "two", "three"):
        (attempt,) = spans.named(f"process {CHAIN} {name}")
        (whole,) = spans.named(f"step {CHAIN} {name}")
        assert links(attempt) == [address(creation)]
        assert links(whole) == [address(attempt)]
        assert whole.start_time == attempt.start_time
        assert attempt.status.status_code is StatusCode.UNSET
    task = spans.one(f"task {CHAIN}")
    assert said(task, "tasker.task.id") == task_id
    assert [span.kind for span in (creation, attempt, whole, task)] == [
        SpanKind.PRODUCER,
        SpanKind.CONSUMER,
        SpanKind.INTERNAL,
        SpanKind.INTERNAL,
    ]
    assert len(spans.all) == 9


def test_a_worker_goes_on_with_the_trace(traced: Traced) -> None:
    with traced.lab.working():
        with traced.spans.request():
            task = traced.lab.run_by_worker(chain())
        traced.spans.one(f"task {CHAIN}")
    creation = assert_one_trace(traced, created=f"create {CHAIN}")

    assert task.status == "complete"
    attempts = [span for span in traced.spans.all if span.name.startswith("process ")]
    assert [links(span) for span in attempts] == [[address(creation)]] * 3


def test_the_embedded_worker_goes_on_with_the_trace(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab, TESTING=False)
    embedded, dispatch = traced.lab.state.embedded, traced.lab.state.dispatch
    assert embedded is not None
    assert dispatch is not None
    try:
        with traced.spans.request():
            task = traced.lab.run_by_worker(chain())
        traced.spans.one(f"task {CHAIN}")
    finally:
        embedded.stop()
        dispatch.broker.close()
    assert_one_trace(traced, created=f"create {CHAIN}")

    assert task.status == "complete"
    assert len(traced.spans.all) == 9


def test_attributes_are_those_of_the_messaging_conventions(traced: Traced) -> None:
    handler = chain()
    task_id = started(traced, handler, correlation_id="c-1")
    traced.lab.drain()
    step_id = traced.lab.task(task_id)["one"].step_id
    shared = {
        "messaging.system": "flask_tasker",
        "messaging.destination.name": "tasker",
        "messaging.message.id": str(task_id),
        "messaging.message.conversation_id": "c-1",
        "tasker.task.id": task_id,
        "tasker.task.name": f"{CHAIN}@0.1.0",
    }

    assert attributes(traced.spans.one(f"create {CHAIN}")) == {
        **shared,
        "messaging.operation.name": "create",
        "messaging.operation.type": "create",
    }
    assert attributes(traced.spans.one(f"process {CHAIN} one")) == {
        **shared,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.client.id": traced.lab.runtime.worker,
        "tasker.step.id": step_id,
        "tasker.step.name": "one",
        "tasker.attempt": 1,
    }
    assert attributes(traced.spans.one(f"step {CHAIN} one")) == {
        "tasker.task.id": task_id,
        "tasker.task.name": f"{CHAIN}@0.1.0",
        "tasker.step.id": step_id,
        "tasker.step.name": "one",
        "tasker.attempt": 1,
        "tasker.outcome": "complete",
    }
    assert attributes(traced.spans.one(f"task {CHAIN}")) == {
        "tasker.task.id": task_id,
        "tasker.task.name": f"{CHAIN}@0.1.0",
        "tasker.outcome": "complete",
    }


def test_retries_are_attempts_of_one_step_in_the_same_trace(traced: Traced) -> None:
    started(traced, chain(), {"fail": {"two": "for now"}})
    traced.lab.drain(retries=True)
    creation = assert_one_trace(traced, created=f"create {CHAIN}")
    attempts = traced.spans.named(f"process {CHAIN} two")
    whole = traced.spans.one(f"step {CHAIN} two")

    assert [said(span, "tasker.attempt") for span in attempts] == [1, 2, 3]
    assert [links(span) for span in attempts] == [[address(creation)]] * 3
    waits = [said(span, "tasker.retry_in") for span in attempts]
    assert [isinstance(wait, float) and 0 < wait <= 3_600 for wait in waits] == [True, True, False]
    assert waits[-1] is None, "the last one is not followed by another"
    assert {said(span, "error.type") for span in attempts} == {"ConnectionError"}
    assert {span.status.status_code for span in attempts} == {StatusCode.ERROR}
    (told,) = attempts[0].events
    assert told.name == "exception"
    assert told.attributes is not None
    assert told.attributes["exception.type"] == "ConnectionError"
    assert told.attributes["exception.message"] == "ConnectionError: as told"
    assert "tests/reliability/shapes.py" in str(told.attributes["exception.stacktrace"])
    assert links(whole) == [address(span) for span in attempts]
    assert whole.start_time == attempts[0].start_time
    assert (said(whole, "tasker.attempt"), said(whole, "tasker.outcome")) == (3, "error")
    assert whole.status.status_code is StatusCode.ERROR
    task = traced.spans.one(f"task {CHAIN}")
    assert (said(task, "tasker.outcome"), task.status.status_code) == ("error", StatusCode.ERROR)


def silent(limit: int) -> type[TaskHandler[Any]]:
    """One step, whose first worker is to fall silent."""

    @task_handler("silent")
    class Silent(TaskHandler):
        @step(retry=Retry(limit=limit, backoff=AT_ONCE))
        def only(self, run: StepRun) -> bool:
            return True

    return Silent


def crash(traced: Traced, handler: type[TaskHandler[Any]]) -> int:
    """Have a step claimed by a worker that dies before it can tell anybody; gives back the task."""
    task_id = started(traced, handler)
    claim_all(traced.lab.runtime, [traced.lab.message(handler, task_id)])
    end_leases(traced.lab)
    assert reclaim_ended(traced.lab.runtime) == 1
    return task_id


def test_after_a_crash_the_next_attempt_is_of_the_same_trace_and_the_step_began_with_the_first(traced: Traced) -> None:
    task_id = crash(traced, silent(2))
    traced.lab.drain(retries=True)
    creation = assert_one_trace(traced, created="create default/silent")
    attempt = traced.spans.one("process default/silent only")
    whole = traced.spans.one("step default/silent only")

    assert traced.lab.task(task_id).status == "complete"
    assert (said(attempt, "tasker.attempt"), links(attempt)) == (2, [address(creation)])
    assert links(whole) == [address(attempt)], "of the first there is no span to link to"
    assert whole.start_time is not None
    assert attempt.start_time is not None
    assert whole.start_time < attempt.start_time
    assert said(whole, "tasker.attempt") == 2


def test_a_step_whose_last_worker_died_is_told_by_who_finds_out(traced: Traced) -> None:
    crash(traced, silent(1))
    assert_one_trace(traced, created="create default/silent")
    whole, task = traced.spans.one("step default/silent only"), traced.spans.one("task default/silent")

    assert (links(whole), whole.status.status_code) == ([], StatusCode.ERROR)
    assert "went silent" in str(whole.status.description)
    assert said(task, "tasker.outcome") == "error"


def test_a_result_that_came_too_late_ends_no_step(traced: Traced) -> None:
    @task_handler("late")
    class Late(TaskHandler):
        @step
        def only(self, run: StepRun) -> bool:
            steal_lease(traced.lab, run.step_id)
            return True

    started(traced, Late)
    traced.lab.drain()

    assert traced.spans.names == ["create default/late", REQUEST, "process default/late only"]


def test_a_task_that_a_person_cancels_ends_then(traced: Traced) -> None:
    task_id = started(traced, chain())
    traced.lab.operations.cancel_task(task_id, actor="ann")
    assert_one_trace(traced, created=f"create {CHAIN}")

    task = traced.spans.one(f"task {CHAIN}")
    assert (said(task, "tasker.outcome"), task.status.status_code) == ("cancelled", StatusCode.UNSET)
    assert traced.spans.names == [f"create {CHAIN}", REQUEST, f"task {CHAIN}"], "no step was ever tried"


def test_where_many_cancelled_tasks_came_from_is_asked_at_once(traced: Traced) -> None:
    for number in range(3):
        started(traced, chain(), context={"number": number})
    asked: list[str] = []
    runtime = traced.lab.runtime
    note = "before_cursor_execute"
    sa.event.listen(runtime.database.engine, note, lambda *said: asked.append(said[2]))

    act_on_tasks(runtime, TaskFilter(), Verb.CANCEL, actor=Actor(name="ann"), limit=10)

    assert traced.spans.names.count(f"task {CHAIN}") == 3
    assert len([one for one in asked if "trace_context" in one]) == 1
    started(traced, chain(), context={"number": 3})
    traced.lab.run(refused_at_first("mended"))
    asked.clear()
    assert act_on_tasks(runtime, TaskFilter(), Verb.RESOLVE, actor=Actor(name="ann"), limit=10).task_ids
    assert not [one for one in asked if "trace_context" in one and "now" in one], "what is not told to have ended"


def test_a_task_that_is_over_when_it_is_written_has_a_span(traced: Traced) -> None:
    @task_handler("skipped")
    class Skipped(TaskHandler):
        @step(skippable=True)
        def only(self, run: StepRun) -> bool:
            return True

    started(traced, Skipped, bypass_steps=["only"])
    assert_one_trace(traced, created="create default/skipped")

    assert said(traced.spans.one("task default/skipped"), "tasker.outcome") == "complete"


def asking(traced: Traced, **options: Any) -> type[TaskHandler[Any]]:
    """One step with a span of the user's own."""

    @task_handler("asking")
    class Asking(TaskHandler):
        @step(**options)
        def only(self, run: StepRun) -> bool:
            with traced.spans.tracer.start_as_current_span("ask the bank"):
                return True

    return Asking


@pytest.mark.parametrize(
    "options",
    [{}, {"timeout": timedelta(minutes=1)}, {"transactional": True}],
    ids=["plain", "timeout", "transactional"],
)
def test_a_span_of_the_handlers_own_nests_in_the_attempt(traced: Traced, options: dict[str, Any]) -> None:
    started(traced, asking(traced, **options))
    traced.lab.drain()

    attempt = traced.spans.one("process default/asking only")
    assert parent(traced.spans.one("ask the bank")) == address(attempt)


def test_spans_of_threads_that_work_side_by_side_nest_each_in_its_own_attempt(traced: Traced) -> None:
    together = threading.Barrier(2, timeout=60)

    @task_handler("crowd")
    class Crowd(TaskHandler):
        @step
        def left(self, run: StepRun) -> None:
            self.ask("left")

        @step
        def right(self, run: StepRun) -> None:
            self.ask("right")

        def ask(self, name: str) -> None:
            together.wait()
            with traced.spans.tracer.start_as_current_span(f"ask {name}"):
                together.wait()

    with traced.lab.working():
        assert traced.lab.run_by_worker(Crowd).status == "complete"

    for name in ("left", "right"):
        attempt = traced.spans.one(f"process default/crowd {name}")
        assert parent(traced.spans.one(f"ask {name}")) == address(attempt)


def test_a_handler_that_takes_too_long_fails_its_span(traced: Traced) -> None:
    @task_handler("slow")
    class Slow(TaskHandler):
        @step(timeout=timedelta(seconds=0.05), retry=Retry(limit=1))
        def only(self, run: StepRun) -> None:
            with traced.spans.tracer.start_as_current_span("wait"):
                while True:
                    pass

    started(traced, Slow)
    traced.lab.drain()
    attempt = traced.spans.one("process default/slow only")

    assert said(attempt, "error.type") == "flask_tasker.errors.StepTimeoutError"
    assert parent(traced.spans.one("wait")) == address(attempt)


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt(), PermanentError("no")], ids=repr)
def test_whatever_a_handler_raises_its_span_ends(traced: Traced, raised: BaseException) -> None:
    @task_handler("leaving")
    class Leaving(TaskHandler):
        @step(retry=Retry(limit=1))
        def only(self, run: StepRun) -> None:
            raise raised

    started(traced, Leaving)
    traced.lab.drain()

    assert str(said(traced.spans.one("process default/leaving only"), "error.type")).endswith(type(raised).__name__)


def test_secrets_are_taken_out_of_what_a_span_says(traced: Traced) -> None:
    @task_handler("telling")
    class Telling(TaskHandler):
        @step(retry=Retry(limit=1))
        def only(self, run: StepRun) -> None:
            raise PermanentError("refused: password=hunter2")

    started(traced, Telling)
    traced.lab.drain()
    spans = [traced.spans.one("process default/telling only"), traced.spans.one("step default/telling only")]
    said_of = [(span.status.description, [event.attributes for event in span.events]) for span in spans]

    assert "hunter2" not in str(said_of)
    assert str(said_of).count("[redacted]") >= 3


def test_results_that_are_no_json_fail_the_attempt(traced: Traced) -> None:
    @task_handler("odd")
    class Odd(TaskHandler):
        @step
        def only(self, run: StepRun) -> Any:
            return object()

    started(traced, Odd)
    traced.lab.drain()

    assert said(traced.spans.one("process default/odd only"), "error.type") == "flask_tasker.errors.PayloadError"


def test_a_task_that_a_step_starts_follows_from_its_attempt(traced: Traced) -> None:
    child = silent(1)

    @task_handler("starting")
    class Starting(TaskHandler):
        @step
        def only(self, run: StepRun) -> int:
            return traced.lab.start(child)

    started(traced, Starting)
    traced.lab.drain()

    attempt = traced.spans.one("process default/starting only")
    assert parent(traced.spans.one("create default/silent")) == address(attempt)
    assert address(traced.spans.one("process default/silent only"))[0] == address(attempt)[0]


def test_where_a_request_runs_the_steps_itself_it_is_their_parent_and_the_creation_is_linked(make_lab: MakeLab) -> None:
    traced = traced_lab(make_lab, TESTING=False, TASKER_BROKER_URL="inline://")
    started(traced, chain())
    creation, request = traced.spans.one(f"create {CHAIN}"), traced.spans.one(REQUEST)
    attempts = [span for span in traced.spans.all if span.name.startswith("process ")]

    assert [(parent(span), links(span)) for span in attempts] == [(address(request), [address(creation)])] * 3


def test_a_span_that_has_ended_is_no_parent(traced: Traced) -> None:
    traced.lab.start(chain())
    with traced.spans.tracer.start_as_current_span("over", end_on_exit=False) as over:
        over.end()
        traced.lab.drain()

    creation = traced.spans.one(f"create {CHAIN}")
    assert parent(traced.spans.one(f"process {CHAIN} one")) == address(creation)


@pytest.mark.parametrize("way", ["session", "many", "key", "bypassing"])
def test_every_way_to_start_a_task_keeps_its_trace(traced: Traced, way: str) -> None:
    @task_handler("kept")
    class Kept(TaskHandler):
        @step(skippable=True)
        def first(self, run: StepRun) -> bool:
            return True

        @step
        def only(self, run: StepRun) -> bool:
            return True

    lab = traced.lab
    with traced.spans.request(), lab.app.app_context():
        if way == "session":
            lab.tasker.create_task(Kept.request(), session=lab.db.session)
            lab.db.session.commit()
        elif way == "many":
            lab.tasker.create_tasks([Kept.request()])
        elif way == "key":
            create_task_once(lab.runtime, Kept.request(), key="k")
        else:
            lab.tasker.create_task(Kept.request(bypass_steps=["first"]))
    lab.drain()

    assert_one_trace(traced, created="create default/kept")
    traced.spans.one("process default/kept only")


def test_tasks_that_are_started_together_have_each_a_span_of_its_own(traced: Traced) -> None:
    handler, lab = chain(), traced.lab
    with traced.spans.request(), lab.app.app_context():
        tasks = lab.tasker.create_tasks([handler.request(initiator=name) for name in ("ann", "ben", "cat")])
    lab.drain()
    creations = traced.spans.named(f"create {CHAIN}")

    assert [said(span, "tasker.task.id") for span in creations] == [task.task_id for task in tasks]
    assert {parent(span) for span in creations} == {address(traced.spans.one(REQUEST))}
    for creation in creations:
        mine = [span for span in traced.spans.all if said(span, "tasker.task.id") == said(creation, "tasker.task.id")]
        assert {parent(span) for span in mine if span is not creation} == {address(creation)}


def test_a_repeated_key_creates_nothing_and_tells_nothing(traced: Traced) -> None:
    request = chain().request()
    first = create_task_once(traced.lab.runtime, request, key="k")
    again = create_task_once(traced.lab.runtime, request, key="k")

    assert (again.task_id, again.created) == (first.task_id, False)
    assert traced.spans.names == [f"create {CHAIN}"]


def test_a_creation_that_is_refused_says_so(traced: Traced) -> None:
    request = chain().request({"number": 1})
    with traced.lab.app.app_context():
        traced.lab.tasker.create_task(request)
        with pytest.raises(DuplicateTaskError):
            traced.lab.tasker.create_task(request)
    first, second = traced.spans.named(f"create {CHAIN}")

    assert first.status.status_code is StatusCode.UNSET
    assert second.status.status_code is StatusCode.ERROR
    assert said(second, "error.type") == "flask_tasker.errors.DuplicateTaskError"
    assert said(second, "tasker.task.id") is None


def test_an_error_of_the_database_says_nothing_of_what_was_to_be_written(traced: Traced) -> None:
    tracing = traced.lab.runtime.tracing
    assert tracing is not None
    with pytest.raises(IntegrityError), tracing.creating([Wish(chain().key(), None)]):
        raise IntegrityError("INSERT INTO tasker_tasks", {"context": "secret"}, Exception("secret"))
    refused = traced.spans.one(f"create {CHAIN}")

    assert refused.status.status_code is StatusCode.ERROR
    assert said(refused, "error.type") == "sqlalchemy.exc.IntegrityError"
    assert "secret" not in refused.to_json()


def test_no_span_has_what_a_task_is_about(traced: Traced) -> None:
    @task_handler("private")
    class Private(TaskHandler):
        @step
        def only(self, run: StepRun) -> str:
            return f"{run.context['card']} charged"

    started(traced, Private, {"card": "4242-4242"}, reason="4242-4242", tags=["4242-4242"])
    traced.lab.drain()

    assert len(traced.spans.all) == 5
    assert [span.name for span in traced.spans.all if "4242" in span.to_json()] == []


def statements_of(lab: Lab, run: Any) -> int:
    """How many statements the engine runs meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    engines = [engine for engine in (lab.runtime.database.engine, lab.runtime.database.swift) if engine is not None]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    run()
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def test_following_a_task_takes_no_statement_more(make_lab: MakeLab) -> None:
    handler = chain()

    def life(lab: Lab) -> int:
        lab.run(handler)
        return statements_of(lab, lambda: lab.run(handler))

    traced = traced_lab(make_lab)
    assert life(traced.lab) == life(make_lab(TASKER_TRACES=False))
    assert len(traced.spans.all) == 16


def test_two_apps_in_a_process_are_followed_apart(make_lab: MakeLab) -> None:
    one, other = traced_lab(make_lab), traced_lab(make_lab)
    one.lab.run(chain())

    assert other.spans.all == ()
    eventually(lambda: len(one.spans.all) == 8)
