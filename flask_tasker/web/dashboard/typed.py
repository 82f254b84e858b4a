"""What people type into the fields of a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ..api.body import value_in
from ..api.changes import ReasonSchema
from ..api.loading import loaded
from ..refusal import RefusedError

EMPTY: Final = "is empty: write null for nothing, {} for an object without anything"


def reason_in(form: Mapping[str, str]) -> str | None:
    """Why they do it, where they say so; the field is called ``why``, since ``reason`` is a filter of tasks.

    Raises:
        RefusedError: 400 naming the field, where no history can hold it.
    """
    reason: str | None = loaded(ReasonSchema(), {"reason": form.get("why", "").strip() or None})["reason"]
    return reason


def json_in(form: Mapping[str, str], field: str) -> Any:
    """The JSON that was typed into a field.

    Raises:
        RefusedError: 400 naming the field, with the place at which it stops making sense.
    """
    text = form.get(field, "")
    if not text.strip():
        raise RefusedError.for_fields({field: [EMPTY]})
    try:
        return value_in(text.encode())
    except json.JSONDecodeError as error:
        fault = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except ValueError as error:
        fault = str(error)
    raise RefusedError.for_fields({field: [fault]})
