"""JSON that a client gives within a text."""

from __future__ import annotations

from typing import Any

from ..api.body import object_in
from ..refusal import RefusedError


def object_from(value: Any, what: str) -> Any:
    """``value``, or the object that it holds where it is text.

    Raises:
        RefusedError: 400 naming ``what``, where the text holds no object.
    """
    if not isinstance(value, str):
        return value
    try:
        return object_in(value.encode("utf-8"))
    except (RefusedError, UnicodeEncodeError):
        raise RefusedError.for_fields({what: ["must be an object, or a text that holds one as JSON"]}) from None
