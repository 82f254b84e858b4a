"""Random operations over the whole schema: whatever is asked, nothing of ours breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import ObjectValueNode, print_ast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from flask_tasker.config import Settings
from flask_tasker.web.graphql.schema import STRAWBERRY
from tests.graphql.conftest import Teller

CODES = {"NOT_FOUND", "CONFLICT", "INVALID"}
WITHIN_LIMITS = {f"graphql_max_{name}": 100_000 for name in ("depth", "aliases", "root_fields", "tokens")}

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "JSON": st.sampled_from(["{}", '{"a": 1}', "[1]", "text", "\x00"]).map(nodes.String)
    | st.just(ObjectValueNode(fields=())),
    "ISO8601DateTime": st.just("2026-01-01").map(nodes.String),
}
TEXTS = st.text(max_size=12) | st.sampled_from(["1", "copy", "refused", "complete", "status", "cancel", "9" * 30])
VARIABLES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
INPUTS = st.dictionaries(
    st.sampled_from(["taskId", "stepId", "name", "namespace", "context", "reason", "tags", "inputs", "retryLimit"]),
    VARIABLES | st.integers(1, 4),
)
BOUNDED = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def unlimited(ask: Teller, monkeypatch: pytest.MonkeyPatch) -> Teller:
    """Someone who asks without limits, so that what is random comes through to the resolvers."""
    chosen: Settings = ask.desk.app.extensions["tasker"].settings
    for name, value in WITHIN_LIMITS.items():
        monkeypatch.setitem(vars(chosen), name, value)
    ask.failed()
    ask.complete()
    return ask


def check(ask: Teller, query: str, **variables: Any) -> None:
    """Ask, and hold the answer to the contract."""
    body = ask(query, **variables)
    assert {error["extensions"]["code"] for error in body.get("errors", [])} <= CODES, body
    assert body.get("errors") or "data" in body
    json.dumps(body, allow_nan=False)


@BOUNDED
@given(data=st.data())
def test_no_random_operation_breaks_anything(unlimited: Teller, data: st.DataObject) -> None:
    strategy = from_schema(STRAWBERRY.as_str(), custom_scalars=SCALARS, print_ast=print_ast)
    check(unlimited, data.draw(strategy))


@BOUNDED
@given(given_id=VARIABLES, other=VARIABLES, text=VARIABLES)
def test_no_random_argument_breaks_a_query(unlimited: Teller, given_id: Any, other: Any, text: Any) -> None:
    query = """query($id: ID!, $task: Int!, $limit: Int, $text: String!) {
        task(taskId: $id) { taskId }
        step(taskId: $task, stepId: $id) { name }
        tasks(limit: $limit, offset: $limit, sortBy: $text, sortOrder: $text) { taskId }
        tasksByStatus(status: $text) { taskId }
        tasksByAnnotation(annotationType: $text, annotationKey: $text, annotationValue: $text) { taskId } }"""
    check(unlimited, query, id=given_id, task=other, limit=other, text=text)
    check(unlimited, query, id=str(given_id), task=1, limit=None, text=str(text))


@BOUNDED
@given(
    name=st.sampled_from(
        ["createTask", "updateTask", "cancelTask", "updateStep", "skipStep", "retryStep", "resolveStep"]
    ),
    fields=INPUTS,
    more=st.dictionaries(st.sampled_from(["taskId", "stepId"]), st.integers(1, 6)),
)
def test_no_random_input_breaks_a_mutation(unlimited: Teller, name: str, fields: Any, more: Any) -> None:
    kind = name[0].upper() + name[1:] + "Input"
    query = "mutation($input: %s!) { %s(input: $input) { __typename } }" % (kind, name)
    check(unlimited, query, input={**fields, **more})


@BOUNDED
@given(text=st.text(alphabet='{}()[]:!$@."#\\ \n,abtaskid1-…\ud800', max_size=60))
def test_no_random_text_breaks_the_parser(unlimited: Teller, text: str) -> None:
    check(unlimited, text)
