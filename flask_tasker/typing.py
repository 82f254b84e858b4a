"""Types that every layer shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

JsonObject: TypeAlias = Mapping[str, Any]
"""A JSON object: string keys, values that ``json.dumps`` takes."""

JsonValue: TypeAlias = "str | int | float | bool | Sequence[Any] | Mapping[str, Any] | None"
"""Anything that JSON can say."""

HandlerKey: TypeAlias = tuple[str, str, str]
"""Namespace, name and version of a task handler."""


def full_name(key: HandlerKey) -> str:
    """A handler's key as people write it: ``namespace/name@version``."""
    namespace, name, version = key
    return f"{namespace}/{name}@{version}"
