"""The JSON that a client sends, read without the host's JSON provider."""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

from flask import Request

from ..refusal import RefusedError

MAX_DEPTH: Final = 100


def json_object(request: Request) -> dict[str, Any]:
    """The object in the request's body, whatever its content type says.

    Raises:
        RefusedError: 400, where the body is empty or no UTF-8, no JSON, no object, says a key twice, has a number
            that is none (NaN, 1e999), or is nested deeper than ``MAX_DEPTH``.
    """
    return object_in(request.get_data())


def optional_json_object(request: Request) -> dict[str, Any]:
    """The same, of a body that may be empty.

    Raises:
        RefusedError: 400, as above.
    """
    data = request.get_data()
    return object_in(data) if data.strip() else {}


def object_in(data: bytes) -> dict[str, Any]:
    """The object that ``data`` says.

    Raises:
        RefusedError: 400, as above.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except (ValueError, RecursionError):
        raise RefusedError(400) from None
    if not isinstance(value, dict) or _is_too_deep(value):
        raise RefusedError(400)
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        children = (item for holder in level for item in (holder.values() if isinstance(holder, dict) else holder))
        level = [child for child in children if isinstance(child, dict | list)]
        if not level:
            return False
    return True
