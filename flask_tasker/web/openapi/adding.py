"""The API's paths in the document that the host makes of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from apispec import APISpec
from flask import Flask

from ...errors import ConfigurationError
from .document import document_of
from .mount import Mount, mount_of
from .parameters import path_of

_COMPONENT: Final = re.compile(r"(?<=^#/components/)(schemas|responses)/")


def add_to(spec: APISpec, app: Flask, *, blueprint: str | None = None) -> None:
    """Add the paths of the API, as ``app`` serves them, to a document of the host's.

    Names of components begin with ``Tasker``, ids of operations and tags with ``tasker``, so that they meet none of the
    host's. ``blueprint`` says which registration is meant where there are several.

    Raises:
        ConfigurationError: the document is of OpenAPI 2, or the app does not serve the API.
    """
    if spec.openapi_version.major < 3:
        raise ConfigurationError(f"the document must be of OpenAPI 3.0 or later, got {spec.openapi_version}")
    mount = mount_of(app, blueprint)
    document = _renamed(document_of(mount.calls, server=mount.prefix, openapi_version=str(spec.openapi_version)))
    for name, schema in document["components"]["schemas"].items():
        spec.components.schema(f"Tasker{name}", schema)
    for name, response in document["components"]["responses"].items():
        spec.components.response(f"Tasker{name}", response)
    for tag in document["tags"]:
        spec.tag(tag)
    rules = _rules(app, mount)
    for path, item in document["paths"].items():
        # The rule is for plugins that make paths of rules, as that of flask-smorest does; others ignore it.
        parameters = item.pop("parameters", [])
        spec.path(f"{mount.prefix}{path}", operations=item, parameters=parameters, rule=rules[path])


def _rules(app: Flask, mount: Mount) -> Mapping[str, Any]:
    return {path_of(call): next(app.url_map.iter_rules(f"{mount.name}.{call.name}")) for call in mount.calls}


_RENAMED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "$ref": lambda ref: _COMPONENT.sub(r"\1/Tasker", ref),
    "operationId": lambda name: f"tasker_{name}",
    "tags": lambda tags: [
        {"name": f"tasker {tag['name']}"} if isinstance(tag, dict) else f"tasker {tag}" for tag in tags
    ],
}
"""What is renamed, by the key under which it stands."""


def _renamed(value: Any, *, inside: str = "") -> Any:
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    # Properties and examples have the names of the API's fields, of which one is "tags".
    plain = inside in ("properties", "example", "examples")
    return {
        key: part
        if inside in ("example", "examples")
        else _RENAMED[key](part)
        if key in _RENAMED and not plain
        else _renamed(part, inside=key)
        for key, part in value.items()
    }
