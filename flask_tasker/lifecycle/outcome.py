"""What one attempt of a step came to: a value that the executor returns and that another layer records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ..typing import JsonValue


@dataclass(frozen=True, kw_only=True)
class Completed:
    """The handler returned; ``results`` is JSON already checked."""

    results: JsonValue


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The handler raised.

    ``retry_in`` is the wait before another attempt, in seconds; ``None`` says that none can help.
    ``backoff_request`` is the wait that the step itself asked for, in seconds.
    """

    error: str
    trace: str = ""
    retry_in: float | None
    backoff_request: float | None = None


@dataclass(frozen=True, kw_only=True)
class GivenBack:
    """The worker stopped before the handler started: the attempt does not count."""

    reason: str


Outcome: TypeAlias = Completed | Failed | GivenBack
