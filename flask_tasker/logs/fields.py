"""What the lines of an attempt say of it, while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from typing import Final

Fields = Mapping[str, object]

NAMES: Final = ("task_id", "task", "step", "attempt", "worker", "correlation_id")
"""The fields that a line may have, in the order in which they are written."""


def _nothing() -> Fields:
    return {}


_now: Final[ContextVar[Callable[[], Fields]]] = ContextVar("flask_tasker.log_fields", default=_nothing)


class Bound:
    """While it is entered, lines that this thread logs have the fields that ``fields`` gives, whoever logs them.

    It is asked when a line is logged: most attempts log none. A class, since a generator would take twice as long.
    """

    __slots__ = ("_fields", "_token")

    def __init__(self, fields: Callable[[], Fields]) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        self._token: Token[Callable[[], Fields]] = _now.set(self._fields)

    def __exit__(self, *_raised: object) -> None:
        _now.reset(self._token)


def bound_fields() -> dict[str, object]:
    """The fields of the attempt that runs in this thread; none outside of one. A copy: ``extra=`` takes it."""
    return dict(_now.get()())
