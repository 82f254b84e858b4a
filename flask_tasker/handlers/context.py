"""What a handler expects of a task's context, and how a step gets to see it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final, Protocol

import marshmallow
from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import Draft202012Validator, extend, validator_for

from ..errors import HandlerDefinitionError
from .defaults import defaults_filled
from .loaded_context import DataclassContext, MarshmallowContext
from .references import check_references
from .strictness import fault_messages, strict

MOST_NESTED: Final = 14
"""How deep a context may be whose schema refers to itself, perhaps: what is closed is checked twice a level, and half a
second at this depth becomes hours at twice as much."""
_CLOSES: Final = "unevaluatedProperties"


class ContextSchema(Protocol):
    """Checks contexts when a task is requested, and loads them when a step runs."""

    def filled(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """``context`` with the schema's defaults where it says nothing."""
        ...

    def faults(self, context: Mapping[str, Any]) -> list[str]:
        """One message a fault, naming the property; empty for a good context."""
        ...

    def load(self, context: Mapping[str, Any]) -> Any:
        """The context as ``run.context`` shows it."""
        ...

    def dumped(self, context: Any) -> Any:
        """The JSON object of a context as ``run.context`` shows it; what is a mapping stays as it is."""
        ...


class AnyContext:
    """No schema: every JSON object will do."""

    def filled(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context as it is."""
        return dict(context)

    def faults(self, context: Mapping[str, Any]) -> list[str]:
        """None, whatever the context."""
        return []

    def load(self, context: Mapping[str, Any]) -> Any:
        """The context as it is."""
        return context

    def dumped(self, context: Any) -> Any:
        """The context as it is."""
        return context


class JsonSchemaContext(AnyContext):
    """A JSON Schema, compiled once; a property that it does not declare is a fault unless it says otherwise."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        validator_class = validator_for(schema, default=Draft202012Validator)
        try:
            validator_class.check_schema(dict(schema))
        except SchemaError as error:
            raise HandlerDefinitionError(f"schema is no valid JSON Schema: {error.message}") from None
        check_references(schema)
        # Drafts before 2019-09 lack the keyword that closes a combination.
        whole: Any = extend(  # type: ignore[no-untyped-call]
            validator_class, {_CLOSES: Draft202012Validator.VALIDATORS[_CLOSES]}
        )
        self.schema = schema
        self._validator: Validator = whole(strict(schema, schema))
        self._refers = any(word in repr(schema) for word in ("'$ref'", "'$dynamicRef'", "'$recursiveRef'"))

    def filled(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """``context`` with the defaults of the properties that it leaves out, nested objects too."""
        filled: dict[str, Any] = defaults_filled(self.schema, context, self.schema)
        return filled

    def faults(self, context: Mapping[str, Any]) -> list[str]:
        """One message a fault, in the order of the schema."""
        if self._refers and _is_deeper(context, MOST_NESTED):
            return ["is nested too deep to be checked"]
        try:
            return fault_messages(self._validator.iter_errors(context), self.schema)
        except RecursionError:
            return ["is nested too deep to be checked"]
        except ArithmeticError:
            return ["has a number that is too large to be checked"]


def context_schema(schema: object) -> ContextSchema:
    """What ``schema=`` of a handler means: a JSON Schema, a dataclass, a marshmallow schema, or ``None``."""
    if schema is None:
        return AnyContext()
    if isinstance(schema, Mapping):
        return JsonSchemaContext(schema)
    if isinstance(schema, marshmallow.Schema):
        return MarshmallowContext(schema)
    if isinstance(schema, type) and issubclass(schema, marshmallow.Schema):
        return MarshmallowContext(schema())
    if isinstance(schema, type) and dataclasses.is_dataclass(schema):
        return DataclassContext(schema)
    raise HandlerDefinitionError(
        f"schema={schema!r}: expected a JSON Schema (a dict), a dataclass or a marshmallow schema"
    )


def _is_deeper(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        inner = [item for holder in level for item in (holder.values() if isinstance(holder, Mapping) else holder)]
        level = [item for item in inner if isinstance(item, Mapping | list)]
        if not level:
            return False
    return True
