"""JSON that both databases can hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from ..errors import PayloadError

MAX_DEPTH: Final = 200
"""How deep objects and lists may be nested: what a shallow call stack wrote, a deep one must be able to read."""


def storable(value: Any, what: str, *, max_bytes: int | None = None) -> Any:
    """``value`` as it will be read back from the database: tuples as lists, keys as text.

    Raises:
        PayloadError: it is no JSON (a set, bytes, NaN, a cycle), is nested deeper than ``MAX_DEPTH``, takes more than
            ``max_bytes``, or holds NUL or half a surrogate pair, which PostgreSQL's ``jsonb`` cannot store.
    """
    try:
        text = _encode(value)
        size = len(text.encode())
        plain = json.loads(text)
    except UnicodeEncodeError:
        raise PayloadError(f"{what}: text holds half a surrogate pair, which is no valid Unicode") from None
    except RecursionError:
        raise PayloadError(f"{what}: {_TOO_DEEP}") from None
    except (TypeError, ValueError) as error:
        raise PayloadError(f"{what}: expected JSON (objects, lists, text, finite numbers), got {error}") from None
    if max_bytes is not None and size > max_bytes:
        raise PayloadError(f"{what}: takes {size} bytes as JSON; TASKER_MAX_PAYLOAD_BYTES allows {max_bytes}")
    # json.dumps writes NUL as an escape; a backslash that belongs to the text itself is doubled.
    if "\\u0000" in text.replace("\\\\", ""):
        raise PayloadError(f"{what}: text holds NUL, which PostgreSQL cannot store")
    # Most payloads have fewer containers in all than may be nested.
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(plain):
        raise PayloadError(f"{what}: {_TOO_DEEP}")
    return plain


_encode: Final = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode
"""Made once: ``json.dumps`` makes an encoder at each call."""

_TOO_DEEP: Final = f"objects and lists are nested more than {MAX_DEPTH} deep"


def _is_too_deep(value: Any) -> bool:
    containers = _containers([value])
    for _ in range(MAX_DEPTH):
        containers = [inner for outer in containers for inner in _containers(outer)]
        if not containers:
            return False
    return True


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value.values() if isinstance(value, dict) else value for value in values if isinstance(value, dict | list)]
