"""The opaque text that says where a page of a list begins."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any, Final

from ...handlers.validation import storage_faults
from ...models import Task, UtcDateTime
from ...redaction import Redactor
from ...store.reading import Page, Position, sorting_column
from ..refusal import RefusedError
from .dumping import TEXT_FIELDS
from .ids import LARGEST

TELLING: Final = "is a text in which TASKER_REDACT blanks secrets, and a cursor would tell them: sort by another column"


def cursor_of(page: Page, position: Position) -> str:
    """What takes a client to the rows after ``position``, in the order of ``page``."""
    value = position.value.isoformat() if isinstance(position.value, datetime) else position.value
    parts = [page.sort_by, page.descending, value, position.key]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def refuse_telling(page: Page, redactor: Redactor) -> None:
    """Refuse an order whose cursors would hold what is blanked where it is shown.

    Raises:
        RefusedError: 400 naming ``sort_by``.
    """
    if redactor.rules and page.sort_by in TEXT_FIELDS:
        raise RefusedError.for_fields({"sort_by": [TELLING]})


def page_after(cursor: str, *, limit: int) -> Page:
    """The page that ``cursor`` names, in the order that it carries.

    Raises:
        RefusedError: 400 naming the cursor, where we did not make it.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        sort_by, descending, value, key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        position = Position(value=_value(sort_by, value), key=_key(key))
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise RefusedError.for_fields({"cursor": ["is none that this API has given out"]}) from None
    return Page(limit=limit, sort_by=sort_by, descending=descending is True, after=position)


def _value(sort_by: str, value: Any) -> Any:
    """What the column can be compared with.

    Raises:
        ValueError: it cannot.
    """
    column = sorting_column(Task, sort_by)
    is_moment = isinstance(column.type, UtcDateTime)
    kind = str if is_moment else column.type.python_type
    if value is None and column.nullable:
        return None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{column.name} is no {type(value).__name__}")
    if isinstance(value, int):
        return _key(value)
    if is_moment:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment.astimezone(UTC)
    if storage_faults(value):
        raise ValueError("no text that the database holds")
    return value


def _key(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError("no key")
    return value
