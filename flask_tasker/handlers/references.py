"""The parts of a JSON Schema: what ``$ref`` names, and what a combination combines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from ..errors import HandlerDefinitionError

LISTS: Final = ("allOf", "anyOf", "oneOf")
BRANCHES: Final = ("if", "then", "else")
BY_NAME: Final = ("dependentSchemas",)
COMBINERS: Final = (*LISTS, *BRANCHES, *BY_NAME)


def check_references(schema: Mapping[str, Any]) -> None:
    """Refuse a ``$ref`` that leads out of the schema, or to nothing: checking a request must never fetch anything."""
    for reference in _references(schema):
        if not reference.startswith("#"):
            raise HandlerDefinitionError(
                f"schema refers to {reference!r}; only references within it (#/...) are allowed"
            )
        if reference.startswith("#/") and resolved(reference, schema) is None:
            raise HandlerDefinitionError(f"schema refers to {reference!r}, which it does not have")


def resolved(reference: str, root: Mapping[str, Any]) -> Any:
    """The part of ``root`` that a JSON pointer (RFC 6901) in a ``$ref`` names, or ``None``."""
    found: Any = root
    for part in unquote(reference).split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list | tuple) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found


def parts(schema: Any, root: Mapping[str, Any], *, through: tuple[str, ...] = COMBINERS) -> Iterator[Mapping[str, Any]]:
    """``schema`` itself, what its ``$ref`` names, and the schemas that it combines: each once."""
    waiting, seen = [schema], set()
    while waiting:
        part = waiting.pop(0)
        if not isinstance(part, Mapping) or id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if isinstance(part.get("$ref"), str):
            waiting.append(resolved(part["$ref"], root))
        for key in through:
            waiting.extend(_combined(key, part))


def _combined(key: str, part: Mapping[str, Any]) -> list[Any]:
    if key not in part:
        return []
    if key in LISTS:
        return list(part[key])
    return list(part[key].values()) if key in BY_NAME else [part[key]]


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, nested in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(nested, str):
                yield nested
            else:
                yield from _references(nested)
    elif isinstance(schema, list | tuple):
        for nested in schema:
            yield from _references(nested)
