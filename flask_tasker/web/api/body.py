"""The JSON that a client sends, read without the host's JSON provider."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from flask import Request

from ...errors import PayloadError
from ...handlers import storable
from ..refusal import RefusedError

MAX_DEPTH: Final = 100
TOO_DEEP: Final = f"it is nested deeper than {MAX_DEPTH}"
WRAPPERS: Final = ("task", "workflow_step")
MAX_DIGITS: Final = 4_000
"""Of an integer: below what Python reads by default, whatever the host has set, and what PostgreSQL's JSON holds."""


def json_object(request: Request) -> dict[str, Any]:
    """The object in the request's body, whatever its content type says.

    Raises:
        RefusedError: 400, where the body is empty or no UTF-8, no JSON, no object, says a key twice, has a number
            that is none (NaN, 1e999) or has too many digits, or is nested deeper than ``MAX_DEPTH``; 400 naming the
            field, where text in it is none that a database can hold.
    """
    return _storable_in(request.get_data())


def optional_json_object(request: Request) -> dict[str, Any]:
    """The same, of a body that may be empty.

    Raises:
        RefusedError: 400, as above.
    """
    data = request.get_data()
    return _storable_in(data) if data.strip() else {}


def object_in(data: bytes) -> dict[str, Any]:
    """The object that ``data`` says; text in it may be none that a database can hold.

    Raises:
        RefusedError: 400, as above.
    """
    try:
        value = value_in(data)
    except ValueError:
        raise RefusedError(400) from None
    if not isinstance(value, dict):
        raise RefusedError(400)
    return value


def value_in(data: bytes) -> Any:
    """What ``data`` says, whatever kind of JSON it is.

    Raises:
        ValueError: it is no JSON, or none that the API takes.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_short,
        )
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if isinstance(value, dict | list) and _is_too_deep(value):
        raise ValueError(TOO_DEEP)
    return value


def _storable_in(data: bytes) -> dict[str, Any]:
    value = object_in(data)
    if b"\\u" in data:
        # Only an escape can say NUL or half a surrogate pair: JSON has no control characters, UTF-8 no surrogates.
        _refuse_unstorable(value)
    return value


def _refuse_unstorable(body: Mapping[str, Any]) -> None:
    """Refuse text that PostgreSQL's ``jsonb`` cannot store, by the name of the field in a call's wrapper or its own."""
    faults: dict[str, list[str]] = {}
    for name, value in body.items():
        is_wrapper = len(body) == 1 and name in WRAPPERS and isinstance(value, dict)
        for field, held in value.items() if is_wrapper else [(name, value)]:
            try:
                storable(field, "")
            except PayloadError:
                raise RefusedError(400) from None
            try:
                storable(held, field)
            except PayloadError as error:
                faults[field] = [str(error).removeprefix(f"{field}: ")]
    if faults:
        raise RefusedError.for_fields(faults)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _short(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"an integer of {len(text)} digits")
    return int(text)


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
