"""The document as HTML, without a script: what a person reads before a program is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from .mount import Mount

_PACKAGE: Final = "flask_tasker.web.openapi"
_METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One operation as the page shows it: its method, its whole path, and what the document says of it."""

    method: str
    path: str
    said: Mapping[str, Any]


def page_of(mount: Mount, *, below: str = "") -> str:
    """The page of a document, for a client that finds the whole app below ``below``."""
    document = mount.document
    base = f"{below}{mount.prefix}"
    return (
        _environment()
        .get_template("page.html")
        .render(
            document=document,
            base=base,
            groups=[(tag["name"], list(_operations(document, tag["name"], base))) for tag in document["tags"]],
        )
    )


@cache
def stylesheet() -> str:
    """The page's stylesheet."""
    return files(_PACKAGE).joinpath("page.css").read_text(encoding="utf-8")


def _operations(document: Mapping[str, Any], tag: str, base: str) -> Iterator[Shown]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item and tag in item[method]["tags"]:
                said = item[method]
                parameters = [*item.get("parameters", ()), *said.get("parameters", ())]
                yield Shown(method=method.upper(), path=f"{base}{path}", said={**said, "parameters": parameters})


@cache
def _environment() -> Environment:
    # Not the host's: its templates of the same names, its filters and its globals are not ours.
    environment = Environment(
        loader=PackageLoader(_PACKAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["json"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.filters["kind"] = kind_of
    return environment


def kind_of(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(part) for part in schema["anyOf"]))
    if "allOf" in schema:
        return kind_of(schema["allOf"][0])
    if "enum" in schema:
        return " | ".join("null" if one is None else str(one) for one in schema["enum"])
    types = schema.get("type", "any JSON")
    words = " or ".join(types) if isinstance(types, list) else str(types)
    if "array" in words:
        return f"{words} of {kind_of(schema.get('items', {}))}"
    return f"{words} ({schema['format']})" if "format" in schema else words
