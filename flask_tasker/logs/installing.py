"""Having the process log in one of the formats."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable

from ..redaction import Redactor
from .formats import FORMATS, LineFormatter


def use_format(name: str, redactor: Redactor, *, worker: Callable[[], str] | None = None) -> None:
    """Let the root logger write to the standard error in the format called ``name``, without what ``redactor`` blanks.

    A plain ``StreamHandler`` that is there already, as ``logging.basicConfig`` makes it, gets the format; where there
    is none, one is added. Handlers of other kinds, all other loggers and all levels are left as they are. A second app
    of the process shares the handler, and its secrets are blanked too; where it asks for another format, it is warned.
    ``worker`` gives the name of the process for lines that are of no attempt.
    """
    formatter = _formatter_in_use() or _put_on(FORMATS[name](redact=()))
    if formatter.name != name:
        warnings.warn(
            f"TASKER_LOG_FORMAT is {name!r}, but this process logs as {formatter.name!r} already: one process has one "
            "format; set the same one for every app in it",
            stacklevel=4,
        )
    formatter.redactor |= redactor
    formatter.worker = formatter.worker or worker


def _formatter_in_use() -> LineFormatter | None:
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    return next((found for found in formatters if isinstance(found, LineFormatter)), None)


def _put_on(formatter: LineFormatter) -> LineFormatter:
    root = logging.getLogger()
    plain = [handler for handler in root.handlers if type(handler) is logging.StreamHandler]
    handler = plain[0] if plain else logging.StreamHandler(_StandardError())
    handler.setFormatter(formatter)
    if not plain:
        root.addHandler(handler)
    return formatter


class _StandardError:
    """The standard error as it is when a line is written: it may be another by then."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()
