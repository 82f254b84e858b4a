"""The graph of a task's steps, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..typing import JsonObject
from .answer import LIST, Answer


@dataclass(frozen=True, kw_only=True)
class Graph(Answer):
    """Steps, what leads from which to which, and the levels they stand on: who has no parents is on the first."""

    nodes: tuple[JsonObject, ...] = field(default=(), metadata=LIST)
    edges: tuple[Any, ...] = field(default=(), metadata=LIST)
    levels: tuple[Any, ...] = field(default=(), metadata=LIST)
