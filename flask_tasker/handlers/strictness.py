"""JSON Schema as the original engine read it: a property that the schema does not declare is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from jsonschema import ValidationError

from .references import BY_NAME, COMBINERS, LISTS, parts

MOST_FAULTS: Final = 100
_CLOSED: Final = ("additionalProperties", "unevaluatedProperties")
_OPEN_PARTS: Final = (*BY_NAME, "$defs", "definitions")
_VALUES: Final = ("items", "prefixItems", "additionalItems", "unevaluatedItems", *_CLOSED)


def strict(schema: Any, root: Mapping[str, Any]) -> Any:
    """A copy of ``schema``, a part of ``root``, in which an object takes only the properties that it declares.

    An object without ``properties`` takes any, and so does one that says ``additionalProperties`` itself.
    """
    if not isinstance(schema, Mapping):
        return schema
    closed = _open(schema, root)
    if any(key in schema for key in _CLOSED) or declared(schema, root) is None:
        return closed
    if "$ref" in closed:
        # Before draft 2019-09 whatever stands beside a $ref is ignored.
        closed["allOf"] = [{"$ref": closed.pop("$ref")}, *closed.get("allOf", [])]
    # The parts of a combination see each other's properties only through "unevaluated".
    combined = any(key in closed for key in (*COMBINERS, "$dynamicRef"))
    closed["unevaluatedProperties" if combined else "additionalProperties"] = False
    return closed


def declared(schema: Any, root: Mapping[str, Any]) -> set[str] | None:
    """Names that ``schema`` or a part of its combinations has as properties; ``None`` where none has ``properties``."""
    found = [part["properties"].keys() for part in parts(schema, root) if "properties" in part]
    return set().union(*found) if found else None


def fault_messages(errors: Iterable[ValidationError], root: Mapping[str, Any]) -> list[str]:
    """What is wrong, one message a property; of many faults the first hundred."""
    # A client may send a hundred thousand faults, and has no use for all of them.
    listed = list(islice(errors, MOST_FAULTS))
    others = [error for error in listed if error.validator != _CLOSED[1]]
    texts: list[str] = []
    for error in listed:
        explained = error.validator == _CLOSED[1] and any(_is_within(other, error) for other in others)
        texts.extend(_messages(error, root, explained=explained))
    return list(dict.fromkeys(texts))[:MOST_FAULTS]


def _open(schema: Any, root: Mapping[str, Any]) -> Any:
    """A copy whose nested values are strict, but which itself takes any property: a part of a combination."""
    if not isinstance(schema, Mapping):
        return schema
    opened = dict(schema)
    for key, value in schema.items():
        # What stands under "if", "not" and "contains" is a question, not a demand: it stays as it is.
        if key in LISTS:
            opened[key] = [_open(part, root) for part in value]
        elif key in _OPEN_PARTS:
            opened[key] = {name: _open(part, root) for name, part in value.items()}
        elif key in ("then", "else"):
            opened[key] = _open(value, root)
        elif key in ("properties", "patternProperties"):
            opened[key] = {name: strict(part, root) for name, part in value.items()}
        elif key in _VALUES:
            opened[key] = [strict(part, root) for part in value] if isinstance(value, list) else strict(value, root)
    return opened


def _is_within(error: ValidationError, other: ValidationError) -> bool:
    depth = len(other.absolute_path)
    return list(error.absolute_path)[:depth] == list(other.absolute_path)


def _messages(error: ValidationError, root: Mapping[str, Any], *, explained: bool) -> list[str]:
    path = ".".join(str(part) for part in error.absolute_path)
    if error.validator not in _CLOSED or error.validator_value is not False:
        return [f"'{path}': {error.message}" if path else error.message]
    prefix = f"{path}." if path else ""
    names = _unevaluated(error, root, explained=explained) if error.validator == _CLOSED[1] else _additional(error)
    return [f"'{prefix}{name}' is not a property of the schema" for name in names]


def _unevaluated(error: ValidationError, root: Mapping[str, Any], *, explained: bool) -> list[str]:
    """The properties that no part of a combination took; the library names them only in its message.

    Where a part fails, the library counts all of its properties among them: its own fault explains these.
    """
    instance: Any = error.instance
    known = (declared(error.schema, root) or set()) if explained else set()
    return [name for name in instance if repr(name) in error.message and name not in known]


def _additional(error: ValidationError) -> list[str]:
    instance: Any = error.instance
    schema: Any = error.schema
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return [name for name in instance if name not in known and not any(re.search(part, name) for part in patterns)]
