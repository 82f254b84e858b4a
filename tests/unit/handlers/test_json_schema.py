"""Contexts checked by a JSON Schema, as the original engine read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from flask_tasker.errors import HandlerDefinitionError
from flask_tasker.handlers.context import context_schema

DUMMY = {"type": "object", "required": ["dummy"], "properties": {"dummy": {"type": "boolean"}}}
ADDRESS = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}
DRAFTS = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
]


def faults(schema: Mapping[str, Any], context: Mapping[str, Any]) -> list[str]:
    return context_schema(schema).faults(context)


def test_a_good_context_has_no_faults() -> None:
    assert faults(DUMMY, {"dummy": True}) == []


def test_an_undeclared_property_and_a_wrong_type_are_exactly_two_messages() -> None:
    assert faults(DUMMY, {"bad_param": True, "dummy": 12}) == [
        "'dummy': 12 is not of type 'boolean'",
        "'bad_param' is not a property of the schema",
    ]


def test_a_required_key_that_is_missing_is_reported_once() -> None:
    assert faults(DUMMY, {}) == ["'dummy' is a required property"]


def test_every_required_key_that_is_missing_is_reported() -> None:
    schema = {"required": ["a", "b"], "properties": {"a": {}, "b": {}}}
    assert faults(schema, {}) == ["'a' is a required property", "'b' is a required property"]


def test_a_property_is_required_only_if_the_schema_says_so() -> None:
    assert faults({"properties": {"a": {"type": "string"}, "b": {}}}, {}) == []


def test_every_undeclared_property_is_a_message_of_its_own() -> None:
    assert len(faults(DUMMY, {"dummy": True, "x": 1, "y": 2})) == 2


def test_an_undeclared_property_of_a_nested_object_is_named_by_its_path() -> None:
    schema = {"properties": {"address": ADDRESS}}
    assert faults(schema, {"address": {"city": "Bern", "zip": 1}}) == ["'address.zip' is not a property of the schema"]


def test_an_undeclared_property_in_a_list_of_objects_is_named_by_its_path() -> None:
    schema = {"properties": {"stops": {"type": "array", "items": ADDRESS}}}
    context = {"stops": [{"city": "Bern"}, {"city": "Biel", "zip": 1}]}
    assert faults(schema, context) == ["'stops.1.zip' is not a property of the schema"]


def test_a_required_key_of_a_nested_object_is_named_with_its_path() -> None:
    schema = {"properties": {"address": ADDRESS}}
    assert faults(schema, {"address": {}}) == ["'address': 'city' is a required property"]


@pytest.mark.parametrize("said", [{"additionalProperties": True}, {"additionalProperties": {"type": "integer"}}])
def test_a_schema_that_speaks_of_additional_properties_is_taken_at_its_word(said: dict[str, Any]) -> None:
    assert faults({**DUMMY, **said}, {"dummy": True, "more": 1}) == []


def test_a_nested_object_may_be_open_while_the_outer_one_is_not() -> None:
    schema = {"properties": {"free": {**ADDRESS, "additionalProperties": True}}}
    assert faults(schema, {"free": {"city": "Bern", "zip": 1}}) == []
    assert faults(schema, {"zip": 1}) == ["'zip' is not a property of the schema"]


def test_an_object_whose_schema_names_no_properties_takes_any() -> None:
    assert faults({"type": "object"}, {"a": 1}) == []
    assert faults({"properties": {"labels": {"type": "object"}}}, {"labels": {"a": 1}}) == []


def test_an_object_whose_schema_says_that_it_has_no_properties_takes_none() -> None:
    assert faults({"properties": {}}, {"a": 1}) == ["'a' is not a property of the schema"]


def test_properties_declared_by_a_pattern_are_declared() -> None:
    schema = {"properties": {"a": {}}, "patternProperties": {"^x-": {"type": "integer"}}}
    assert faults(schema, {"a": 1, "x-one": 1}) == []
    assert faults(schema, {"x-one": 1, "y": 2}) == ["'y' is not a property of the schema"]


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_referenced_object_is_as_strict_as_one_that_stands_there(draft: str) -> None:
    schema = {"$schema": draft, "properties": {"to": {"$ref": "#/definitions/a"}}, "definitions": {"a": ADDRESS}}
    assert faults(schema, {"to": {"city": "Bern"}}) == []
    assert faults(schema, {"to": {"city": 1, "zip": 2}}) == [
        "'to.city': 1 is not of type 'string'",
        "'to.zip' is not a property of the schema",
    ]


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_schema_that_is_only_a_reference_is_strict(draft: str) -> None:
    schema = {"$schema": draft, "$ref": "#/definitions/a", "definitions": {"a": ADDRESS}}
    assert faults(schema, {"city": "Bern"}) == []
    assert faults(schema, {"city": "Bern", "zip": 2}) == ["'zip' is not a property of the schema"]


@pytest.mark.parametrize("draft", DRAFTS)
def test_the_parts_of_all_of_see_each_others_properties(draft: str) -> None:
    schema = {"$schema": draft, "allOf": [DUMMY, {"properties": {"size": {}}}], "properties": {"own": {}}}
    assert faults(schema, {"dummy": True, "size": 1, "own": 2}) == []
    assert faults(schema, {"dummy": True, "other": 1}) == ["'other' is not a property of the schema"]


def test_a_fault_in_a_part_of_all_of_does_not_make_its_properties_undeclared() -> None:
    schema = {"allOf": [DUMMY, {"properties": {"size": {}}}]}
    assert faults(schema, {"dummy": 12, "size": 1}) == ["'dummy': 12 is not of type 'boolean'"]


def test_a_part_of_a_combination_may_be_true_or_false() -> None:
    assert faults({"allOf": [DUMMY, True]}, {"dummy": True, "x": 1}) == ["'x' is not a property of the schema"]
    assert faults({"anyOf": [DUMMY, False]}, {"dummy": True}) == []


def test_a_nested_object_in_a_part_of_all_of_is_strict() -> None:
    schema = {"allOf": [{"properties": {"address": ADDRESS}}, {"properties": {"size": {}}}]}
    assert faults(schema, {"address": {"city": "Bern", "zip": 1}}) == ["'address.zip' is not a property of the schema"]


CARD_OR_IBAN = {
    "anyOf": [
        {"required": ["card"], "properties": {"kind": {"const": "card"}, "card": {"type": "string"}}},
        {"required": ["iban"], "properties": {"kind": {"const": "iban"}, "iban": {"type": "string"}}},
    ]
}


@pytest.mark.parametrize("context", [{"kind": "card", "card": "4"}, {"kind": "iban", "iban": "C"}])
def test_one_branch_of_any_of_is_enough(context: dict[str, str]) -> None:
    assert faults(CARD_OR_IBAN, context) == []


def test_a_property_that_only_another_branch_declares_is_undeclared() -> None:
    assert faults(CARD_OR_IBAN, {"kind": "card", "card": "4", "iban": "C"}) == [
        "'iban' is not a property of the schema"
    ]


def test_a_property_that_no_branch_declares_is_undeclared() -> None:
    assert faults(CARD_OR_IBAN, {"kind": "card", "card": "4", "x": 1}) == ["'x' is not a property of the schema"]


def test_a_condition_keeps_its_meaning() -> None:
    schema = {
        "properties": {"kind": {}, "card": {}},
        "if": {"properties": {"kind": {"const": "card"}}},
        "then": {"required": ["card"]},
        "else": {"properties": {"iban": {}}},
    }
    assert faults(schema, {"kind": "card"}) == ["'card' is a required property"]
    assert faults(schema, {"kind": "other", "iban": "C"}) == []


def test_dependent_schemas_declare_properties_where_they_apply() -> None:
    schema = {"properties": {"gift": {}}, "dependentSchemas": {"gift": {"properties": {"note": {"type": "string"}}}}}
    assert faults(schema, {"gift": True, "note": "for you"}) == []
    assert faults(schema, {"note": "for you"}) == ["'note' is not a property of the schema"]


def test_what_not_forbids_is_forbidden_and_nothing_else() -> None:
    schema = {"not": {"properties": {"a": {"const": 1}}, "required": ["a"]}}
    assert faults(schema, {"a": 2, "b": 3}) == []
    assert len(faults(schema, {"a": 1})) == 1


@pytest.mark.parametrize("name", ["it's", 'a "quoted" name', "a\\b", "\u00e4"])
def test_an_undeclared_property_is_named_whatever_its_name(name: str) -> None:
    assert faults({"allOf": [DUMMY]}, {"dummy": True, name: 1}) == [f"'{name}' is not a property of the schema"]


def test_a_recursive_schema_is_strict_on_every_level() -> None:
    schema = {"properties": {"name": {}, "children": {"type": "array", "items": {"$ref": "#"}}}}
    context = {"name": "a", "children": [{"name": "b", "children": [{"nome": "c"}]}]}
    assert faults(schema, context) == ["'children.0.children.0.nome' is not a property of the schema"]


# At sixty, what is checked twice a level would take longer than anybody lives.
@pytest.mark.parametrize("depth", [15, 60, 1_500])
def test_a_context_nested_too_deep_to_be_checked_is_a_fault(depth: int) -> None:
    schema = {"properties": {"inner": {"$ref": "#"}}}
    context: dict[str, Any] = {}
    for _ in range(depth):
        context = {"inner": context}
    assert faults(schema, context) == ["is nested too deep to be checked"]


def test_a_context_of_a_schema_that_refers_to_itself_is_checked_a_dozen_levels_deep() -> None:
    context: dict[str, Any] = {"nome": 1}
    for _ in range(12):
        context = {"inner": context}
    assert faults({"properties": {"inner": {"$ref": "#"}}}, context) == [
        f"'{'inner.' * 12}nome' is not a property of the schema"
    ]


@pytest.mark.parametrize("reference", ["https://example.com/order.json", "order.json#/a", "file:///etc/passwd", ""])
def test_a_remote_reference_is_refused_at_definition(reference: str) -> None:
    with pytest.raises(HandlerDefinitionError, match=r"only references within it \(#/...\) are allowed"):
        context_schema({"properties": {"a": {"allOf": [{"$ref": reference}]}}})


def test_a_reference_to_nothing_is_refused_at_definition() -> None:
    with pytest.raises(HandlerDefinitionError, match="schema refers to '#/definitions/a', which it does not have"):
        context_schema({"properties": {"a": {"$ref": "#/definitions/a"}}})


def test_a_reference_reads_escapes_and_positions() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/definitions/x~1y"}, "b": {"$ref": "#/allOf/0"}},
        "allOf": [{"properties": {"c": {}}}],
        "definitions": {"x/y": {"type": "string"}},
    }
    assert faults(schema, {"a": "text", "b": {"c": 1}}) == []


@pytest.mark.parametrize("schema", [{"type": "objekt"}, {"properties": []}, {"required": "dummy"}])
def test_an_invalid_schema_is_refused_at_definition(schema: dict[str, Any]) -> None:
    with pytest.raises(HandlerDefinitionError, match="schema is no valid JSON Schema: "):
        context_schema(schema)


@pytest.mark.parametrize("schema", ["order", 3, [DUMMY], dict])
def test_what_is_no_schema_is_refused_at_definition(schema: Any) -> None:
    with pytest.raises(HandlerDefinitionError, match=r"expected a JSON Schema .*, a dataclass or a marshmallow schema"):
        context_schema(schema)


def test_the_schema_itself_is_left_as_it_was() -> None:
    schema = {"properties": {"address": {"$ref": "#/definitions/a"}}, "definitions": {"a": dict(ADDRESS)}}
    context_schema(schema)
    assert schema == {"properties": {"address": {"$ref": "#/definitions/a"}}, "definitions": {"a": ADDRESS}}


def test_without_a_schema_every_object_will_do() -> None:
    anything = context_schema(None)
    assert anything.faults({"a": [1, {"b": None}]}) == []
    assert anything.filled({"a": 1}) == anything.load({"a": 1}) == {"a": 1}
