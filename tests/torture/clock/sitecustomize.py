"""A wrong clock for one process: with this directory on its path, Python sees the time shifted by TORTURE_CLOCK_SKEW.

Only the wall clock is shifted, as on a host whose clock was set wrong; ``time.monotonic`` goes on as it is.
"""

import datetime
import os
import time
from datetime import datetime as true_datetime

SKEW = float(os.environ.get("TORTURE_CLOCK_SKEW", "0"))

true_time, true_time_ns = time.time, time.time_ns


class SkewedMeta(type):
    """Lets the datetimes that C code makes count as datetimes."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, true_datetime)


class Skewed(true_datetime, metaclass=SkewedMeta):
    """``datetime`` by the wrong clock."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "Skewed":
        """The present, by the wrong clock."""
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> "Skewed":
        """The present in UTC, by the wrong clock."""
        return cls.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)


if SKEW:
    time.time = lambda: true_time() + SKEW
    time.time_ns = lambda: true_time_ns() + int(SKEW * 1_000_000_000)
    datetime.datetime = Skewed  # type: ignore[misc]
