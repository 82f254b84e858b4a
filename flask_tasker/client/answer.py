"""What the values that the client returns have in common: how they are read from the server's JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Self

from ..typing import JsonObject
from .errors import TaskerClientError

MOMENT: Final = {"read": datetime.fromisoformat}
"""The metadata of a field that is a moment, written as ISO 8601, or None."""
LIST: Final = {"read": tuple}
"""The metadata of a field that is a list."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A JSON object of the server's; ``raw`` is all of it, also what this version of the client does not know."""

    raw: JsonObject = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, raw: Any) -> Self:
        """The value that a JSON object says; keys unknown here stay in ``raw``, and null is as good as nothing.

        Raises:
            TaskerClientError: it is no object, lacks a field that there is no doing without, or one makes no sense.
        """
        if not isinstance(raw, Mapping):
            raise TaskerClientError(f"a {cls.__name__} must be a JSON object, got {raw!r:.200}", status=200, body=raw)
        known = [one for one in fields(cls) if one.name != "raw"]
        there = [one for one in known if raw.get(one.name) is not None]
        lacking = [one.name for one in known if one.default is MISSING and one not in there]
        if lacking:
            raise TaskerClientError(f"the server's {cls.__name__} lacks {', '.join(lacking)}", status=200, body=raw)
        return cls(raw=raw, **{one.name: cls._value(one, raw[one.name]) for one in there})

    @classmethod
    def _value(cls, known: Field[Any], raw: Any) -> Any:
        try:
            return known.metadata.get("read", _as_it_is)(raw)
        except (TypeError, ValueError):
            message = f"the server's {cls.__name__} has a {known.name} that makes no sense here: {raw!r:.200}"
            raise TaskerClientError(message, status=200, body=raw) from None


def list_of(read: Callable[[Any], Any]) -> Mapping[str, Any]:
    """The metadata of a field that is a list, each item of which is read by ``read``."""
    return {"read": lambda values: tuple(read(value) for value in values)}


def _as_it_is(raw: Any) -> Any:
    return raw
