"""A request is refused before anything is written, with the faults of each field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from flask_tasker.errors import InvalidRequestError
from flask_tasker.handlers import TaskRequest, validated
from tests.unit.making import defined, template

STEPS = [template("first"), template("extra", "first", skippable=True), template("more", "first", skippable=True)]
SCHEMA = {"required": ["id"], "properties": {"id": {"type": "integer"}, "currency": {"default": "CHF"}}}


@dataclass
class Context:
    id: int


def request(**changes: Any) -> TaskRequest:
    return TaskRequest(**{"name": "order", "context": {"id": 1}, **changes})


def checked(schema: Any = SCHEMA, **changes: Any) -> TaskRequest:
    return validated(request(**changes), defined(STEPS, version="1.2", schema=schema))


def faults(schema: Any = SCHEMA, **changes: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidRequestError) as caught:
        checked(schema, **changes)
    return caught.value.faults


def test_a_good_request_gets_its_version_and_the_defaults_of_its_context() -> None:
    good = checked(initiator="shop", tags=("new",), bypass_steps=("extra",))
    assert good == request(
        version="1.2", context={"id": 1, "currency": "CHF"}, initiator="shop", tags=("new",), bypass_steps=("extra",)
    )


def test_the_request_given_is_left_as_it_was() -> None:
    given = request()
    validated(given, defined(STEPS, schema=SCHEMA))
    assert given == request()


def test_an_empty_context_is_valid_where_the_schema_allows_it() -> None:
    assert checked({"properties": {"id": {}}}, context={}).context == {}
    assert checked(None, context={}).context == {}


def test_the_context_is_kept_as_the_database_will_give_it_back() -> None:
    assert checked(None, context={1: ("a", "b")}).context == {"1": ["a", "b"]}


@pytest.mark.parametrize(
    ("context", "messages"),
    [
        ([1], ["must be an object, got list"]),
        (None, ["must be an object, got NoneType"]),
        ("{}", ["must be an object, got str"]),
        ({}, ["'id' is a required property"]),
        ({"id": "x", "y": 1}, ["'id': 'x' is not of type 'integer'", "'y' is not a property of the schema"]),
        ({"id": 1, "currency": "\x00"}, ["text holds NUL, which PostgreSQL cannot store"]),
        ({"id": "\ud800"}, ["text holds half a surrogate pair, which is no valid Unicode"]),
    ],
)
def test_a_bad_context_is_refused(context: Any, messages: list[str]) -> None:
    assert faults(context=context) == {"context": messages}


def test_a_context_that_is_no_json_is_refused() -> None:
    (message,) = faults(context={"id": {1}})["context"]
    assert message.startswith("expected JSON (objects, lists, text, finite numbers), got ")


def test_a_context_that_the_dataclass_does_not_take_is_refused() -> None:
    assert faults(Context, context={"id": "x"}) == {"context": ["'id': Not a valid integer."]}


@pytest.mark.parametrize("field", ["initiator", "source_system", "reason"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x" * 129, "must have 128 characters at most, got 129"),
        ("\x00", "text holds NUL, which PostgreSQL cannot store"),
        ("\ud800", "text holds half a surrogate pair, which is no valid Unicode"),
        (7, "must be text, got int"),
    ],
)
def test_a_bad_text_is_refused(field: str, value: Any, message: str) -> None:
    assert faults(**{field: value}) == {field: [message]}


@pytest.mark.parametrize("field", ["initiator", "source_system", "reason"])
@pytest.mark.parametrize("value", ["x" * 128, "", "\U0001f680" * 128])
def test_a_text_of_128_characters_is_kept(field: str, value: str) -> None:
    assert getattr(checked(**{field: value}), field) == value


def test_no_reason_is_a_reason() -> None:
    assert checked(reason=None).reason is None


@pytest.mark.parametrize("field", ["initiator", "source_system"])
def test_an_initiator_or_a_source_must_be_there(field: str) -> None:
    assert faults(**{field: None}) == {field: ["must be text, got NoneType"]}


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_blank_name_is_refused(name: Any) -> None:
    assert faults(name=name) == {"name": ["must not be blank"]}


@pytest.mark.parametrize("tags", ["urgent", ["a", 1], None, {"a": 1}, 3])
@pytest.mark.parametrize("field", ["tags", "bypass_steps"])
def test_what_is_no_list_of_strings_is_refused(field: str, tags: Any) -> None:
    assert faults(**{field: tags}) == {field: ["must be a list of strings"]}


def test_a_tag_that_cannot_be_stored_is_refused() -> None:
    assert faults(tags=["a\x00"]) == {"tags": ["text holds NUL, which PostgreSQL cannot store"]}


def test_lists_become_tuples() -> None:
    good = checked(tags=["a", "b"], bypass_steps=["extra"])
    assert (good.tags, good.bypass_steps) == (("a", "b"), ("extra",))


def test_a_step_bypassed_twice_is_bypassed_once() -> None:
    assert checked(bypass_steps=["more", "extra", "more"]).bypass_steps == ("more", "extra")


def test_a_bypassed_step_must_be_known_and_skippable() -> None:
    assert faults(bypass_steps=["first", "nowhere", "extra"]) == {
        "bypass_steps": ["'nowhere' is not a step of order", "'first' is not skippable"]
    }


@pytest.mark.parametrize("value", ["x" * 256, 3, "\x00"])
def test_a_correlation_id_that_cannot_be_stored_is_refused(value: Any) -> None:
    assert set(faults(correlation_id=value)) == {"correlation_id"}


def test_a_correlation_id_may_have_255_characters() -> None:
    assert checked(correlation_id="x" * 255).correlation_id == "x" * 255


def test_all_faults_are_told_at_once() -> None:
    found = faults(context=[], reason="x" * 200, tags=3, name=" ")
    assert list(found) == ["name", "context", "reason", "tags"]


def test_the_error_reads_as_one_line() -> None:
    with pytest.raises(
        InvalidRequestError, match=r"^context: must be an object, got list; tags: must be a list of strings$"
    ):
        checked(context=[], tags=3)
