"""Limits of what may be asked: each names itself, holds through fragments, and is held before anything is read."""

from __future__ import annotations

import time
from typing import Any

import pytest
from graphql import get_introspection_query

from flask_tasker.config import Settings
from flask_tasker.errors import ConfigurationError
from tests.graphql.conftest import Teller, engine_of
from tests.http.conftest import Desk
from tests.web.statements import counted_statements

DEEP = "{task(taskId: 1){workflowSteps{%s}}}"
NAMES = ["DEPTH", "ALIASES", "TOKENS", "ROOT_FIELDS"]


def nested(levels: int) -> str:
    """A query so many levels deep, from 3 on."""
    inner = "name"
    for _ in range(levels - 3):
        inner = "dependsOnStep{%s}" % inner
    return DEEP % inner


def refused(ask: Teller, query: str) -> str:
    """The message with which a query is refused, before a statement was run or a permission asked for."""
    with counted_statements(engine_of(ask.desk)) as seen:
        error = ask.error(query)
    assert (error["extensions"], seen, ask.desk.asked) == ({"code": "INVALID"}, [], [])
    message: str = error["message"]
    return message


def test_ten_levels_are_allowed_and_eleven_are_not(ask: Teller) -> None:
    ask.data(nested(10))
    ask.desk.asked.clear()
    assert refused(ask, nested(11)) == "the query has more than 10 levels of fields, which is TASKER_GRAPHQL_MAX_DEPTH"


def test_levels_count_through_fragments(ask: Teller) -> None:
    pieces = " ".join(
        "fragment F%d on WorkflowStep{dependsOnStep{... on WorkflowStep{...F%d}}}" % (number, number + 1)
        for number in range(8)
    )
    query = "query %s %s fragment F8 on WorkflowStep{name}" % (DEEP % "...F0", pieces)
    assert "MAX_DEPTH" in refused(ask, query)


def test_fifteen_aliases_are_allowed_and_sixteen_are_not(ask: Teller) -> None:
    def aliased(count: int) -> str:
        return "{tasks{%s}}" % " ".join(f"a{number}: name" for number in range(count))

    ask.data(aliased(15))
    ask.desk.asked.clear()
    assert refused(ask, aliased(16)) == "the query has more than 15 aliases, which is TASKER_GRAPHQL_MAX_ALIASES"


def test_aliases_of_a_fragment_count_wherever_it_is_spread(ask: Teller) -> None:
    spreads = " ".join("a%d: tasks{...F}" % number for number in range(6))
    query = "query{%s} fragment F on Task{x: name y: name}" % spreads
    assert "MAX_ALIASES" in refused(ask, query)


def test_aliases_count_in_introspection_too(ask: Teller) -> None:
    assert "MAX_ALIASES" in refused(ask, "{__schema{%s}}" % " ".join("a%d: types{name}" % n for n in range(16)))


def test_words_and_signs_are_counted(ask: Teller, desk: Desk) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(desk.app.extensions["tasker"].settings), "graphql_max_tokens", 10)
        ask.data("{tasks{name taskId status tags reason}}")
        desk.asked.clear()
        message = refused(ask, "{tasks{name taskId status tags reason version}}")
    assert message == "the query has more than 10 words and signs, which is TASKER_GRAPHQL_MAX_TOKENS"
    assert "more than 1000 words and signs" in refused(ask, "{tasks{%s}}" % ("name " * 996))


def test_fields_at_the_top_are_counted_as_they_would_be_answered(ask: Teller, desk: Desk) -> None:
    state = desk.app.extensions["tasker"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(state.settings), "graphql_max_root_fields", 3)
        ask.data("query{tasks{name} tasks{taskId} ...A ...A b: tasks{name}} fragment A on Query{annotationTypes{name}}")
        desk.asked.clear()
        message = refused(
            ask, "query{tasks{name} ...A b: tasks{name} c: tasks{name}} fragment A on Query{annotationTypes{name}}"
        )
    assert message == "the query has more than 3 fields at its top, which is TASKER_GRAPHQL_MAX_ROOT_FIELDS"


BOMBS = {
    "fragments that double": "query{...F0}"
    + "".join("fragment F%d on Query{...F%d ...F%d}" % (n, n + 1, n + 1) for n in range(70))
    + "fragment F70 on Query{__typename}",
    "fragments that double in fields": "query{tasks{...F0}}"
    + "".join("fragment F%d on Task{...F%d a: name ...F%d}" % (n, n + 1, n + 1) for n in range(60))
    + "fragment F60 on Task{name}",
    "a fragment that spreads itself": "query{tasks{...F}} fragment F on Task{name ...F}",
    "fragments that spread each other": "query{tasks{...F}} fragment F on Task{...G} fragment G on Task{...F}",
    "fields without end": "query{tasks{workflowSteps{...F}}} fragment F on WorkflowStep{dependsOnStep{...F}}",
    "nested fields": "{" + "tasks{" * 490 + "name" + "}" * 491,
    "nested fragments": "{" + "...{" * 240 + "__typename" + "}" * 241,
    "nested lists": "{tasks(sortBy: " + "[" * 480 + "]" * 480 + "){name}}",
    "nested objects": 'mutation{createTask(input: {name: "copy", context: '
    + "{a: " * 240
    + "1"
    + "}" * 240
    + "}){name}}",
    "a chain of fragments": "query{...F0}"
    + "".join("fragment F%d on Query{...F%d}" % (n, n + 1) for n in range(120))
    + "fragment F120 on Query{__typename}",
    "the same field": "{tasks{" + "name " * 990 + "}}",
    "the same fields": "{tasks{" + "workflowSteps{name}" * 240 + "}}",
    "unknown fields": "{" + " ".join(f"f{number}" for number in range(900)) + "}",
    "many variables": "query(" + "$a: Int " * 240 + "){__typename}",
    "many directives": "{__typename " + "@skip(if: true)" * 150 + "}",
    "a long number": "{tasks(limit: " + "9" * 10_000 + "){name}}",
    "a long name": "{" + "a" * 100_000 + "}",
}


@pytest.mark.parametrize("query", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_answered_at_once(ask: Teller, query: str) -> None:
    before = time.process_time()
    body = ask(query)
    # Written out, the doubled fragments would have 2^60 fields.
    assert time.process_time() - before < 5
    codes = {error["extensions"]["code"] for error in body.get("errors", [])}
    assert codes <= {"INVALID"}
    assert len(body.get("errors", [])) <= 101


def test_what_an_app_with_higher_limits_cannot_follow_is_refused(ask: Teller, desk: Desk) -> None:
    chain = "".join("fragment F%d on Query{...F%d}" % (number, number + 1) for number in range(1_800))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(desk.app.extensions["tasker"].settings), "graphql_max_tokens", 100_000)
        message = refused(ask, "query{...F0} fragment F1800 on Query{__typename}" + chain)
    # Which of the two comes first, is a matter of how deep Python is already.
    assert message in ("the query is nested too deep", "Validation aborted.")


@pytest.mark.parametrize("name", ["a fragment that spreads itself", "fragments that spread each other", "nested lists"])
def test_a_document_without_end_is_refused(ask: Teller, name: str) -> None:
    assert {error["extensions"]["code"] for error in ask(BOMBS[name])["errors"]} == {"INVALID"}


def test_the_query_that_tools_introspect_with_is_within_the_limits(ask: Teller) -> None:
    schema = ask.data(get_introspection_query(input_value_deprecation=True))["__schema"]
    assert schema["queryType"] == {"name": "Query", "kind": "OBJECT"} or schema["queryType"] == {"name": "Query"}


def test_introspection_is_not_nested_without_end(ask: Teller) -> None:
    inner = "name"
    for _ in range(6):
        inner = "name fields{type{%s}}" % inner
    assert ask("{__schema{types{%s}}}" % inner)["errors"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, -1, 1.5, "10", True])
def test_a_limit_is_a_whole_number_and_at_least_one(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"TASKER_GRAPHQL_MAX_{name} must be a whole number, 1 or more"):
        Settings.of({f"TASKER_GRAPHQL_MAX_{name}": value})


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_set_by_the_app(name: str) -> None:
    assert getattr(Settings.of({f"TASKER_GRAPHQL_MAX_{name}": 7}), f"graphql_max_{name.lower()}") == 7
