"""Text that the databases can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields

from ...handlers.validation import storage_faults

STORABLE: Final = {"pattern": "^[^\\u0000]*$"}
"""How JSON Schema says it, for those who read the API's document."""


class Text(fields.String):
    """Text that the databases can hold."""

    default_error_messages = {"invalid": "must be text", "null": "must be text"}  # noqa: RUF012 - marshmallow's way

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(metadata={**STORABLE, **(metadata or {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if storage_faults(text):
            raise ValidationError("must not hold NUL or half a surrogate pair")
        return text
