"""What a record says, field by field, without secrets."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

from ..redaction import Redactor
from .fields import NAMES, Fields, bound_fields

_FORMATTER: Final = logging.Formatter()
_OWN: Final = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
_TAKEN: Final = frozenset({"timestamp", "level", "logger", "exception", "stack"})
RESERVED: Final = _TAKEN | {*NAMES, "message"}
"""Names that a field of a user's never gets by what is done to its own."""
_SPARE: Final = 16
"""How much deeper than it is a value could be: it is written out by other calls than those that look at it here."""
UNREADABLE: Final = "[unreadable]"


def said_by(record: logging.LogRecord, redactor: Redactor, by_default: Fields) -> dict[str, Any]:
    """When, how bad, by whom, what, in which attempt, whatever came by ``extra=``, and the traceback.

    ``by_default`` are fields of lines that say nothing else of them.
    """
    given = {name: value for name, value in vars(record).items() if name not in _OWN}
    fields = {**by_default, **bound_fields(), **given}
    said: dict[str, Any] = {
        "timestamp": _moment(record.created),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": redactor.redacted_text(_message(record)),
    }
    for name in (*NAMES, *(name for name in given if name not in NAMES)):
        if fields.get(name) is not None:
            said[f"extra_{name}" if name in _TAKEN else name] = _readable(name, fields[name], redactor)
    return said | _tracebacks(record, redactor)


def _moment(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # The standard library would print the arguments, secrets and all, over several lines.
        return f"{_text_of(record.msg)} [its arguments do not fit]"


def _readable(name: str, value: Any, redactor: Redactor) -> Any:
    """``value`` as JSON, whatever it is: a line that cannot be written would be lost, and the log call would raise."""
    try:
        # The key may be blanked as well.
        [shown] = redactor.redacted_deep({name: _plain(value)}).values()
    except Exception:
        return UNREADABLE
    return shown


def _plain(value: Any) -> Any:
    for _ in range(_SPARE):
        value = [value]
    try:
        return json.loads(json.dumps(value, default=str, allow_nan=False)[_SPARE:-_SPARE])
    except Exception:
        for _ in range(_SPARE):
            [value] = value
        return _text_of(value)


def _text_of(value: Any) -> str:
    try:
        return str(value)
    except Exception:
        return UNREADABLE


def _tracebacks(record: logging.LogRecord, redactor: Redactor) -> dict[str, str]:
    found = {}
    if record.exc_info and record.exc_info[0] is not None:
        found["exception"] = redactor.redacted_text(_FORMATTER.formatException(record.exc_info))
    elif record.exc_text:
        found["exception"] = redactor.redacted_text(record.exc_text)
    if record.stack_info:
        found["stack"] = redactor.redacted_text(record.stack_info)
    return found
