"""Examples of bodies and parameters, made from their schemas and a few values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...errors import ConfigurationError
from .values import VALUES

_REF: Final = "#/components/schemas/"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """``document``, with an example of every body, answer and parameter that has none."""
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        for parameter in path.get("parameters", ()):
            parameter["example"] = example_of(parameter["schema"], schemas, parameter["name"])
        for operation in (operation for method, operation in path.items() if method in _METHODS):
            for parameter in operation.get("parameters", ()):
                parameter["example"] = example_of(parameter["schema"], schemas, parameter["name"])
            for media in _media(operation):
                media["example"] = example_of(media["schema"], schemas)
    return document


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], path: str = "") -> Any:
    """A value that ``schema`` allows; ``path`` is the name of the object and of its property.

    Raises:
        ConfigurationError: ``VALUES`` has none for it.
    """
    name = path.rpartition(".")[2]
    for key in (path, name):
        if key in VALUES:
            return VALUES[key]
    if "$ref" in schema:
        owner = schema["$ref"].removeprefix(_REF)
        return example_of(schemas[owner], schemas, owner)
    for combined in ("anyOf", "allOf"):
        if combined in schema:
            return example_of(schema[combined][0], schemas, path)
    if "properties" in schema:
        found = schema["properties"].items()
        return {key: example_of(part, schemas, f"{path}.{key}") for key, part in found}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas, path)]
    if schema == {"type": "string"} and not path:
        return VALUES["text"]
    raise ConfigurationError(f"no example of {path or schema}: add one to VALUES")


def _media(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for response in operation["responses"].values():
        yield from response.get("content", {}).values()
