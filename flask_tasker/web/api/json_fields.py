"""Fields of JSON bodies that take what JSON Schema says, and nothing that only Python takes for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields


class YesOrNo(fields.Boolean):
    """True or false; 1 and 0 are numbers."""

    default_error_messages = dict.fromkeys(["invalid", "null"], "must be true or false")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Unbounded(fields.Raw):
    """A whole number, also one written 2.0; anything else goes on as it is, to be refused by who knows the bounds."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value


class WholeNumber(fields.Integer):
    """A whole number, also one written 2.0; true and false are none."""

    default_error_messages = {"invalid": "must be a whole number"}  # noqa: RUF012 - marshmallow's way

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        whole = int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        if whole is None or whole != value:
            raise self.make_error("invalid")
        return whole
