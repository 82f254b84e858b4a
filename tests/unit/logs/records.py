"""Log records, and lines read back."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

PAIR = re.compile(r'([^\s=]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?: |$)')


def record_of(
    message: Any, *args: Any, level: int = logging.WARNING, error: BaseException | None = None, **extra: Any
) -> logging.LogRecord:
    """A record as a logger makes it."""
    caught = None
    if error is not None:
        try:
            raise error
        except BaseException:
            caught = sys.exc_info()
    return logging.getLogger("shop").makeRecord("shop", level, __file__, 1, message, args, caught, extra=extra)


def pairs_of(line: str) -> dict[str, str]:
    """The fields of a ``key=value`` line; fails where there is anything else in it."""
    found: dict[str, str] = {}
    at = 0
    while at < len(line):
        pair = PAIR.match(line, at)
        assert pair is not None, line[at:]
        assert pair[1] not in found, pair[1]
        found[pair[1]] = json.loads(pair[2]) if pair[2].startswith('"') else pair[2]
        at = pair.end()
    return found
