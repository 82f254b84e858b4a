"""Records as lines: ``key=value`` and JSON, both without secrets."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..redaction import DEFAULT_RULES, Redactor, rules_of
from .escaping import bare_or_quoted, field_name, json_line
from .said import RESERVED, said_by


class LineFormatter(logging.Formatter, ABC):
    """One line a record. ``redact`` are rules as in ``TASKER_REDACT``; without any, those of ``DEFAULT_RULES``."""

    name = ""

    def __init__(self, *, redact: Iterable[str] | str | None = None) -> None:
        super().__init__()
        rules = DEFAULT_RULES if redact is None else rules_of("redact", redact)
        self.redactor = Redactor(rules)
        self.worker: Callable[[], str] | None = None

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        by_default = {} if self.worker is None else {"worker": self.worker()}
        return self.line(said_by(record, self.redactor, by_default))

    @abstractmethod
    def line(self, said: Mapping[str, Any]) -> str:
        """What is ``said``, on one line."""


class KeyValueFormatter(LineFormatter):
    """``timestamp=... message="..."``: a value is quoted, as in JSON, where it has a space, ``=`` or worse."""

    name = "keyvalue"

    def line(self, said: Mapping[str, Any]) -> str:
        """The fields, each as ``key=value``."""
        return " ".join(f"{name}={_shown(value)}" for name, value in _named(said).items())


class JsonFormatter(LineFormatter):
    """One JSON object a line."""

    name = "json"

    def line(self, said: Mapping[str, Any]) -> str:
        """The fields, as an object."""
        return json_line(said)


FORMATS: Final[Mapping[str, type[LineFormatter]]] = {kind.name: kind for kind in (KeyValueFormatter, JsonFormatter)}
"""What ``TASKER_LOG_FORMAT`` may say."""


def _named(said: Mapping[str, Any]) -> dict[str, Any]:
    """``said`` under names that end nowhere; none takes the place of another one, which it was not."""
    named = {name: value for name, value in said.items() if field_name(name) == name}
    for name, value in said.items():
        if name not in named:
            clean = field_name(name)
            while clean in named or clean in RESERVED:
                clean = f"extra_{clean}"
            named[clean] = value
    return named


def _shown(value: Any) -> str:
    # A text that looks like a number is told from one by nobody: that is what this format is.
    return bare_or_quoted(value if isinstance(value, str) else json_line(value))
