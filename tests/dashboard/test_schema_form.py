"""Which schemas are forms of fields, and what the fields say."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker.web.dashboard.schema_form import fields_of
from flask_tasker.web.dashboard.schema_values import context_in, faults_by_field

NULLABLE: dict[str, Any] = {"type": "object", "properties": {"a": {"type": ["integer", "null"]}}}


def test_a_schema_without_properties_is_no_form() -> None:
    assert fields_of({"type": "object"}) is None
    assert fields_of({"type": "object", "properties": {}}) == []


def test_a_field_that_must_be_there_and_may_be_null_is_null_when_it_is_left_empty() -> None:
    optional, required = fields_of(NULLABLE), fields_of({**NULLABLE, "required": ["a"]})
    assert optional is not None
    assert required is not None
    assert context_in(optional, {}) == ({}, {})
    assert context_in(required, {"property.a": ""}) == ({"a": None}, {})


@pytest.mark.parametrize(
    ("name", "message", "said"),
    [
        ("a", "'a': 0 is less than the minimum of 1", "0 is less than the minimum of 1"),
        ("a", "'a' is a required property", "is a required property"),
        ("it's", '"it\'s" is a required property', "is a required property"),
    ],
)
def test_a_message_is_found_by_the_name_before_it(name: str, message: str, said: str) -> None:
    fields = fields_of({"properties": {name: {"type": "integer"}, "b": {"type": "integer"}}})
    assert fields is not None
    assert faults_by_field(fields, [message, "'c' is not a property of the schema"]) == (
        {name: [said]},
        ["'c' is not a property of the schema"],
    )
