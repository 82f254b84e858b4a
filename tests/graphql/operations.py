"""An operation for each field at the top of the schema, made from the schema, so that a new field is not forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLInputObjectType, get_named_type, is_required_argument, is_required_input_field

from flask_tasker.web.graphql.schema import SCHEMA


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One field at the top, asked for alone."""

    kind: str
    field: str
    declared: Mapping[str, str]
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The document."""
        variables = ", ".join(f"${name}: {kind}" for name, kind in self.declared.items())
        arguments = ", ".join(f"{name}: ${name}" for name in self.declared)
        return f"{self.kind}({variables}) {{ {self.call(arguments)} }}" if variables else f"{{ {self.call('')} }}"

    def call(self, arguments: str) -> str:
        """The field."""
        return f"{self.field}({arguments}) {{ __typename }}" if arguments else f"{self.field} {{ __typename }}"


def operation(kind: str, field: str, values: Mapping[str, Any]) -> Operation:
    """The operation for a field: ``values`` has what each required argument may be, whatever the field."""
    known = _fields(kind)[field]
    required = {name: argument for name, argument in known.args.items() if is_required_argument(argument)}
    return Operation(
        kind=kind,
        field=field,
        declared={name: str(argument.type) for name, argument in required.items()},
        arguments={name: _value(name, get_named_type(argument.type), values) for name, argument in required.items()},
    )


def top_fields() -> list[tuple[str, str]]:
    """The kind of operation and the name of each field at the top."""
    return [(kind, field) for kind in ("query", "mutation") for field in _fields(kind)]


def _fields(kind: str) -> Mapping[str, GraphQLField]:
    root = SCHEMA.query_type if kind == "query" else SCHEMA.mutation_type
    assert root is not None
    fields: Mapping[str, GraphQLField] = root.fields
    return fields


def _value(name: str, kind: Any, values: Mapping[str, Any]) -> Any:
    if name in values or not isinstance(kind, GraphQLInputObjectType):
        return values[name]
    return {
        inner: _value(inner, get_named_type(field.type), values)
        for inner, field in kind.fields.items()
        if is_required_input_field(field)
    }
