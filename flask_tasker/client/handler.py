"""A task handler that the server knows, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..typing import JsonObject
from .answer import LIST, Answer


@dataclass(frozen=True, kw_only=True)
class Handler(Answer):
    """A handler by its key; its steps, their edges and the JSON Schema of its context where one was asked for alone."""

    namespace: str
    name: str
    version: str
    full_name: str = ""
    description: str = ""
    steps: tuple[JsonObject, ...] = field(default=(), metadata=LIST)
    edges: tuple[Any, ...] = field(default=(), metadata=LIST)
    levels: tuple[Any, ...] = field(default=(), metadata=LIST)
    schema: JsonObject | None = None
