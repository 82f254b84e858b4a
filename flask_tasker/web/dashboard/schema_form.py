"""The fields of a form for what a handler expects, where its schema is flat: an object of texts and numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

PLAIN: Final = frozenset({"string", "number", "integer", "boolean"})
PREFIX: Final = "property."
"""Before the name of a property, which may be that of any other field."""
_OF_AN_OBJECT: Final = frozenset(
    {"$comment", "$id", "$schema", "additionalProperties", "description", "examples", "properties", "required"}
    | {"title", "type", "unevaluatedProperties"}
)
_COMBINED: Final = frozenset({"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "const"})


@dataclass(frozen=True, kw_only=True)
class SchemaField:
    """One property of a flat schema, as a field.

    Attributes:
        name: of the property.
        kind: ``string``, ``number``, ``integer``, ``boolean`` or ``enum``.
        nullable: whether it may be null.
        choices: the values of an ``enum`` or a ``boolean``, as JSON.
        value: what stands in the field: the default, as text, or what was typed.
        faults: what is wrong with it.
    """

    name: str
    kind: str
    required: bool
    nullable: bool
    description: str
    choices: Sequence[str]
    value: str
    faults: Sequence[str] = ()

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"{PREFIX}{self.name}"

    def typed(self, value: str, faults: Sequence[str]) -> SchemaField:
        """The same, with what was typed and what is wrong with it."""
        return replace(self, value=value, faults=faults)


def fields_of(schema: Mapping[str, Any] | None) -> list[SchemaField] | None:
    """A field for each property, or ``None`` where the schema is not flat: then it takes JSON."""
    if schema is None or not schema.keys() <= _OF_AN_OBJECT or schema.get("type", "object") != "object":
        return None
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or schema.get("additionalProperties"):
        return None
    required = schema.get("required", ())
    found = [_field(name, said, required=name in required) for name, said in properties.items()]
    return None if None in found else [field for field in found if field is not None]


def _field(name: str, said: Any, *, required: bool) -> SchemaField | None:
    kind = _kind(said)
    if kind is None:
        return None
    choices = [_as_json(value) for value in said.get("enum", ())]
    default = said.get("default")
    return SchemaField(
        name=name,
        kind=kind,
        required=required,
        nullable=_is_nullable(said),
        description=str(said.get("description", said.get("title", ""))),
        choices=["true", "false"] if kind == "boolean" else choices,
        value=default if kind == "string" and isinstance(default, str) else _shown(default),
    )


def _kind(said: Any) -> str | None:
    if not isinstance(said, Mapping) or said.keys() & _COMBINED:
        return None
    if "enum" in said:
        return None if any(isinstance(value, list | Mapping) for value in said["enum"]) else "enum"
    kinds = [kind for kind in _types(said) if kind != "null"]
    return kinds[0] if len(kinds) == 1 and kinds[0] in PLAIN else None


def _types(said: Mapping[str, Any]) -> Sequence[str]:
    found = said.get("type", ())
    return [found] if isinstance(found, str) else found


def _is_nullable(said: Mapping[str, Any]) -> bool:
    return "null" in _types(said)


def _shown(default: Any) -> str:
    return "" if default is None else _as_json(default)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
