"""What a client said, checked by a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from ..refusal import RefusedError


def loaded(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a client said, checked.

    Raises:
        RefusedError: 400 naming the fields.
    """
    try:
        found: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise RefusedError.for_fields(_by_field(error.messages_dict)) from None
    return found


def _by_field(found: Mapping[str, Any], within: str = "") -> dict[str, list[str]]:
    """Faults by the path of the field, those of a list's items by the list."""
    faults: dict[str, list[str]] = {}
    for name, messages in found.items():
        path = f"{within}{name}"
        if isinstance(messages, list):
            faults[path] = messages
        elif all(isinstance(inner, int) for inner in messages):
            faults[path] = sorted({text for texts in messages.values() for text in _texts(texts)})
        else:
            faults |= _by_field(messages, f"{path}.")
    return faults


def _texts(found: Any) -> list[str]:
    return found if isinstance(found, list) else ["is not valid"]
