"""Each call is the request of the contract, and its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.client import TaskerClient
from flask_tasker.client.path import path_of
from tests.client.server import PREFIX, ok, serving, step, task

STEP = ok(step=step())
TASK = ok(task=task())

CALLS: list[tuple[Callable[[TaskerClient], Any], httpx.Response, str, Any]] = [
    (lambda c: c.get(7), TASK, "GET /tasks/7", None),
    (lambda c: c.create("copy"), TASK, "POST /tasks", {"task": {"name": "copy"}}),
    (
        lambda c: c.create(
            "copy",
            context={"a": 1},
            initiator="ada",
            source_system="shop",
            reason="paid",
            tags=("x",),
            bypass_steps=["two"],
            namespace="eu",
            version="2.0.0",
        ),
        TASK,
        "POST /tasks",
        {
            "task": {
                "name": "copy",
                "context": {"a": 1},
                "initiator": "ada",
                "source_system": "shop",
                "reason": "paid",
                "tags": ["x"],
                "bypass_steps": ["two"],
                "namespace": "eu",
                "version": "2.0.0",
            }
        },
    ),
    (lambda c: c.create("copy", reason=None), TASK, "POST /tasks", {"task": {"name": "copy", "reason": None}}),
    (lambda c: c.update(7, reason=None), TASK, "PATCH /tasks/7", {"task": {"reason": None}}),
    (lambda c: c.update(7, tags=["a", "b"]), TASK, "PATCH /tasks/7", {"task": {"tags": ["a", "b"]}}),
    (lambda c: c.cancel(7), ok(cancelled=True), "DELETE /tasks/7", None),
    (lambda c: c.retry(7), TASK, "POST /tasks/7/retry", {}),
    (lambda c: c.retry(7, "fixed"), TASK, "POST /tasks/7/retry", {"reason": "fixed"}),
    (lambda c: c.step(7, 3), STEP, "GET /tasks/7/workflow_steps/3", None),
    (
        lambda c: c.update_step(7, 3, retry_limit=5, inputs={"b": 2}),
        STEP,
        "PATCH /tasks/7/workflow_steps/3",
        {"workflow_step": {"retry_limit": 5, "inputs": {"b": 2}}},
    ),
    (
        lambda c: c.update_step(7, 3, inputs=None),
        STEP,
        "PATCH /tasks/7/workflow_steps/3",
        {"workflow_step": {"inputs": None}},
    ),
    (lambda c: c.cancel_step(7, 3), ok(cancelled=True), "DELETE /tasks/7/workflow_steps/3", None),
    (lambda c: c.retry_step(7, 3), STEP, "POST /tasks/7/workflow_steps/3/retry", {}),
    (lambda c: c.skip_step(7, 3, "no need"), STEP, "POST /tasks/7/workflow_steps/3/skip", {"reason": "no need"}),
    (lambda c: c.resolve_step(7, 3), STEP, "POST /tasks/7/workflow_steps/3/resolve", {}),
    (
        lambda c: c.resolve_step(7, 3, {"printed": True}, "by hand"),
        STEP,
        "POST /tasks/7/workflow_steps/3/resolve",
        {"results": {"printed": True}, "reason": "by hand"},
    ),
    (lambda c: next(c.transitions(7)), ok(transitions=[{}]), "GET /tasks/7/transitions?limit=100&offset=0", None),
    (lambda c: c.graph(7), ok(nodes=[], edges=[], levels=[]), "GET /tasks/7/graph", None),
    (lambda c: c.mermaid(7), httpx.Response(200, text="graph TD"), "GET /tasks/7/graph?format=mermaid", None),
    (lambda c: c.handlers(), ok(handlers=[]), "GET /handlers", None),
    (lambda c: c.handlers("eu"), ok(handlers=[]), "GET /handlers/eu", None),
    (
        lambda c: c.handler("eu", "copy"),
        ok(handler={"namespace": "eu", "name": "copy", "version": "2"}),
        "GET /handlers/eu/copy",
        None,
    ),
    (
        lambda c: c.handler("eu", "copy", "1.0"),
        ok(namespace="eu", name="copy", version="1.0"),
        "GET /handlers/eu/copy?version=1.0",
        None,
    ),
    (lambda c: c.health_status(), ok(workers=2), "GET /health/status", None),
]


@pytest.mark.parametrize(("call", "answer", "called", "body"), CALLS, ids=[called for _, _, called, _ in CALLS])
def test_a_call_is_the_request_of_the_contract(
    call: Callable[[TaskerClient], Any], answer: httpx.Response, called: str, body: Any
) -> None:
    server = serving(answer)
    with server.client() as client:
        call(client)
    assert server.called == [called]
    assert (server.body if server.requests[-1].content else None) == body


def test_json_is_sent_as_json_and_asked_for() -> None:
    server = serving(TASK)
    server.client().create("copy", context={"name": "Zoë \ud800"})
    headers = server.requests[-1].headers
    assert (headers["Content-Type"], headers["Accept"]) == ("application/json", "application/json")
    assert server.body["task"]["context"] == {"name": "Zoë \ud800"}


def test_what_is_no_json_is_refused_before_it_is_sent() -> None:
    server = serving(TASK)
    with pytest.raises(ValueError, match="JSON"):
        server.client().create("copy", context={"price": float("nan")})
    assert server.requests == []


def test_headers_and_authentication_go_with_every_call() -> None:
    server = serving(TASK)
    client = server.client(headers={"X-Shop": "7"}, auth=("ada", "secret"))
    client.get(7)
    client.cancel(7)
    assert [one.headers["X-Shop"] for one in server.requests] == ["7", "7"]
    assert all(one.headers["Authorization"].startswith("Basic ") for one in server.requests)


def test_an_idempotency_key_goes_as_a_header() -> None:
    server = serving(TASK)
    server.client().create("copy", idempotency_key="order-7")
    server.client().create("copy")
    assert [one.headers.get("Idempotency-Key") for one in server.requests] == ["order-7", None]


@pytest.mark.parametrize("key", ["", "a" * 256, "a\r\nX-Admin: 1", "schlüssel"])
def test_an_idempotency_key_that_is_no_header_is_refused(key: str) -> None:
    server = serving(TASK)
    with pytest.raises(ValueError, match="1 to 255 printable"):
        server.client().create("copy", idempotency_key=key)
    assert server.requests == []


@pytest.mark.parametrize("field", ["tags", "bypass_steps"])
def test_one_text_is_no_list_of_its_letters(field: str) -> None:
    with pytest.raises(TypeError, match=rf"{field} must be several texts"):
        serving(TASK).client().create("copy", **{field: "red"})  # type: ignore[arg-type]


def test_a_name_with_a_slash_stays_one_segment() -> None:
    server = serving(ok(namespace="a/b", name="x?y#z", version="1"))
    server.client().handler("a/b", "x?y#z")
    assert server.called == ["GET /handlers/a%2Fb/x%3Fy%23z"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: name not in (".", "..")))
def test_any_name_is_one_segment_that_reads_the_same(name: str) -> None:
    sent = httpx.Request("GET", f"{PREFIX}/{path_of('handlers', name)}").url.raw_path.decode()
    assert [unquote(part) for part in sent.split("/")] == ["", "tasker", "handlers", name]


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_segment_that_would_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        serving(TASK).client().handlers(name)


@pytest.mark.parametrize("prefix", [PREFIX, f"{PREFIX}/"])
def test_the_prefix_may_end_in_a_slash(prefix: str) -> None:
    server = serving(TASK)
    TaskerClient(prefix, transport=httpx.MockTransport(server.answer)).get(7)
    assert server.called == ["GET /tasks/7"]


@pytest.mark.parametrize("base_url", ["shop.example/tasker", "/tasker", "ftp://shop.example/", f"{PREFIX}?a=1"])
def test_a_base_url_that_leads_nowhere_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url must"):
        TaskerClient(base_url)


def test_a_password_in_the_base_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="pass auth") as caught:
        TaskerClient("https://ada:sesame@shop.example/tasker")
    assert "sesame" not in str(caught.value)


def test_a_graph_has_nodes_edges_and_levels_wrapped_or_not() -> None:
    said = {"nodes": [{"name": "one"}], "edges": [[1, 2]], "levels": [[1], [2]]}
    for answer in (ok(**said), ok(graph=said)):
        graph = serving(answer).client().graph(7)
        assert (graph.nodes[0]["name"], graph.edges, graph.levels) == ("one", ([1, 2],), ([1], [2]))
