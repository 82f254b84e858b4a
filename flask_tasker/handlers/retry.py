"""Retry policies: how often, how long to wait, and after which exceptions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from ..chance import jitter
from ..errors import HandlerDefinitionError, PermanentError, RetryableError
from .retry_after import retry_after_seconds

_NOTHING: Final = timedelta(0)
_LONGEST: Final = timedelta(days=365).total_seconds()


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """The wait between attempts: ``base * factor ** (attempt - 1)``, capped by ``maximum``, then jittered.

    ``jitter`` is the share of the wait that is left to chance: 0 waits exactly as long, 0.25 between 75 % and 100 %,
    1 anywhere between nothing and the whole ("full jitter", M. Brooker, "Exponential Backoff And Jitter", 2015).
    """

    base: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    maximum: timedelta = timedelta(minutes=5)
    jitter: float = 0.25

    def __post_init__(self) -> None:
        times = isinstance(self.base, timedelta) and isinstance(self.maximum, timedelta)
        if not (times and self.base >= _NOTHING and self.maximum >= _NOTHING and self._is_scaled_well()):
            raise HandlerDefinitionError(
                f"Backoff wants timedeltas >= 0 as base and maximum, factor >= 1 and jitter in 0..1, got {self!r}"
            )

    def delay(self, attempt: int, *, chance: float | None = None) -> float:
        """Seconds to wait after ``attempt`` (from 1) failed; ``chance`` in 0..1 stands in for the random draw."""
        draw = jitter.random() if chance is None else chance
        whole = min(self._exponential(attempt), self.maximum.total_seconds())
        return whole * (1 - self.jitter * draw)

    def _is_scaled_well(self) -> bool:
        return 1 <= self.factor < math.inf and 0 <= self.jitter <= 1

    def _exponential(self, attempt: int) -> float:
        if not self.base:
            return 0.0
        try:
            return self.base.total_seconds() * self.factor ** (attempt - 1)
        except OverflowError:
            return math.inf


@dataclass(frozen=True, kw_only=True)
class Retry:
    """How a step is retried: at most ``limit`` attempts in all, after exceptions that are instances of ``on``.

    After one of ``give_up_on`` no attempt follows, also where it is an instance of ``on``. ``RetryableError`` is always
    retried and ``PermanentError`` never. ``Retry(limit=1)`` is ``NO_RETRY``.
    """

    limit: int = 3
    backoff: Backoff = field(default_factory=Backoff)
    on: tuple[type[Exception], ...] = (Exception,)
    give_up_on: tuple[type[Exception], ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1:
            raise HandlerDefinitionError(
                f"Retry(limit={self.limit!r}): expected a whole number of attempts, 1 or more; NO_RETRY is a single one"
            )
        for option in ("on", "give_up_on"):
            kinds = getattr(self, option)
            if not isinstance(kinds, tuple) or not all(isinstance(kind, type) for kind in kinds):
                raise HandlerDefinitionError(f"Retry({option}={kinds!r}): expected a tuple of exception classes")

    def wait_after(self, exception: BaseException, attempt: int, *, now: datetime | None = None) -> float | None:
        """Seconds until the next attempt, or ``None`` where ``exception`` is one that no attempt can mend.

        ``now`` is the moment against which a ``Retry-After`` date is read; this machine's unless given.
        """
        if isinstance(exception, (PermanentError, *self.give_up_on)):
            return None
        if isinstance(exception, RetryableError):
            asked = asked_wait(exception, now=now)
            return self.backoff.delay(attempt) if asked is None else asked
        return self.backoff.delay(attempt) if isinstance(exception, self.on) else None


def asked_wait(exception: RetryableError, *, now: datetime | None = None) -> float | None:
    """The wait that a step asked for, in seconds, a year at most; ``None`` where it asked for none that is a time."""
    seconds = retry_after_seconds(exception.retry_after, now or datetime.now(UTC))
    return None if seconds is None else min(seconds, _LONGEST)


NO_RETRY: Final = Retry(limit=1)
"""One attempt, and no other."""
