"""Defaults of a JSON Schema are filled in where a context says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker.handlers.context import context_schema


def filled(schema: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    return context_schema(schema).filled(context)


CURRENCY = {"properties": {"currency": {"type": "string", "default": "CHF"}, "note": {}}}


def test_a_default_is_filled_in() -> None:
    assert filled(CURRENCY, {}) == {"currency": "CHF"}


@pytest.mark.parametrize("said", ["EUR", None, ""])
def test_what_the_context_says_stands(said: Any) -> None:
    assert filled(CURRENCY, {"currency": said}) == {"currency": said}


@pytest.mark.parametrize("default", [False, 0, None, "", []])
def test_a_default_that_is_false_is_a_default(default: Any) -> None:
    assert filled({"properties": {"a": {"default": default}}}, {}) == {"a": default}


def test_a_required_property_with_a_default_may_be_left_out() -> None:
    schema = context_schema({"required": ["currency"], **CURRENCY})
    assert schema.faults(schema.filled({})) == []


def test_defaults_of_nested_objects_are_filled_in_where_the_object_is_there() -> None:
    schema = {"properties": {"price": CURRENCY}}
    assert filled(schema, {"price": {}}) == {"price": {"currency": "CHF"}}
    assert filled(schema, {}) == {}


def test_a_default_object_gets_the_defaults_of_its_own_properties() -> None:
    assert filled({"properties": {"price": {"default": {}, **CURRENCY}}}, {}) == {"price": {"currency": "CHF"}}


def test_defaults_are_filled_in_for_every_object_of_a_list() -> None:
    schema = {"properties": {"prices": {"items": CURRENCY}}}
    assert filled(schema, {"prices": [{}, {"currency": "EUR"}, 3]}) == {
        "prices": [{"currency": "CHF"}, {"currency": "EUR"}, 3]
    }


def test_defaults_are_found_through_a_reference() -> None:
    schema = {"properties": {"price": {"$ref": "#/$defs/price"}}, "$defs": {"price": CURRENCY}}
    assert filled(schema, {"price": {}}) == {"price": {"currency": "CHF"}}


def test_defaults_are_found_in_the_parts_of_all_of() -> None:
    assert filled({"allOf": [CURRENCY, {"properties": {"size": {"default": 1}}}]}, {}) == {"currency": "CHF", "size": 1}


def test_defaults_of_a_branch_that_may_not_apply_are_left_alone() -> None:
    assert filled({"anyOf": [CURRENCY, {"properties": {"size": {"default": 1}}}]}, {}) == {}


def test_a_recursive_schema_fills_in_every_level_that_is_there() -> None:
    schema = {"properties": {"open": {"default": True}, "inner": {"$ref": "#"}}}
    assert filled(schema, {"inner": {"inner": {}}}) == {"open": True, "inner": {"open": True, "inner": {"open": True}}}


def test_a_boolean_subschema_has_no_default() -> None:
    assert filled({"properties": {"a": True}}, {}) == {}


def test_a_step_that_changes_a_default_does_not_change_the_schema() -> None:
    schema = {"properties": {"tags": {"default": ["new"]}}}
    context_schema_of_two = context_schema(schema)
    context_schema_of_two.filled({})["tags"].append("changed")
    assert context_schema_of_two.filled({}) == {"tags": ["new"]}


def test_the_context_given_is_left_as_it_was() -> None:
    context: dict[str, Any] = {"price": {}}
    filled({"properties": {"price": CURRENCY}}, context)
    assert context == {"price": {}}
