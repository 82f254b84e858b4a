"""The defaults that a JSON Schema gives to properties that a context leaves out."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from .references import parts

_ALWAYS: Final = ("allOf",)
"""The one combination whose parts apply whatever the value is."""


def defaults_filled(schema: Any, value: Any, root: Mapping[str, Any]) -> Any:
    """``value`` with the defaults of ``schema``, a part of ``root``: in nested objects and lists too."""
    if isinstance(value, Mapping):
        return _object_filled(schema, value, root)
    if isinstance(value, list):
        items = [part["items"] for part in parts(schema, root, through=_ALWAYS) if "items" in part]
        return [defaults_filled(items[0], item, root) for item in value] if items else value
    return value


def _object_filled(schema: Any, value: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(value)
    for part in parts(schema, root, through=_ALWAYS):
        for name, nested in part.get("properties", {}).items():
            if name not in filled:
                filled |= _default(name, nested, root)
            if name in filled:
                filled[name] = defaults_filled(nested, filled[name], root)
    return filled


def _default(name: str, schema: Any, root: Mapping[str, Any]) -> dict[str, Any]:
    for part in parts(schema, root, through=_ALWAYS):
        if "default" in part:
            # A copy: a step that changes its context must not change the schema.
            return {name: copy.deepcopy(part["default"])}
    return {}
