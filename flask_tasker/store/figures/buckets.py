"""The last hour by five minutes, and the last day by hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIVE_MINUTES: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
IN_AN_HOUR: Final = HOUR // FIVE_MINUTES
COMPLETE: Final = "complete"
FAILED: Final = "failed"

Counted = Mapping[tuple[int, str], int]
"""How many have which outcome, by the place of their span in ``spans_before`` and the outcome."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """What ended in a span of time: after ``begins``, and not after ``ends``."""

    begins: datetime
    ends: datetime
    complete: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """What ended, the earliest first.

    Attributes:
        hour: the last hour, by five minutes.
        day: the last day, by hours; the last of them is the last hour.
        limit: how many changes of state, of whatever kind, are looked at at most.
        since: how far these reach back, where that is less than a day: what ended before is not counted.
    """

    hour: Sequence[Bucket]
    day: Sequence[Bucket]
    limit: int
    since: datetime | None

    @property
    def complete_in_an_hour(self) -> int:
        """How many were completed in the last hour."""
        return sum(bucket.complete for bucket in self.hour)

    @property
    def failed_in_an_hour(self) -> int:
        """How many failed in the last hour."""
        return sum(bucket.failed for bucket in self.hour)


def spans_before(now: datetime) -> list[tuple[datetime, datetime]]:
    """Where each span begins and ends, the latest first: those of the last hour, and the hours before it."""
    last_hour = [(now - (place + 1) * FIVE_MINUTES, now - place * FIVE_MINUTES) for place in range(IN_AN_HOUR)]
    return last_hour + [(now - (place + 1) * HOUR, now - place * HOUR) for place in range(1, DAY // HOUR)]


def in_hour_and_day(counted: Counted, now: datetime, *, limit: int, since: datetime | None) -> Throughput:
    """What was counted in each span, as the last hour and the last day."""
    buckets = [
        Bucket(
            begins=begins,
            ends=ends,
            complete=counted.get((place, COMPLETE), 0),
            failed=counted.get((place, FAILED), 0),
        )
        for place, (begins, ends) in enumerate(spans_before(now))
    ]
    hour, before = buckets[:IN_AN_HOUR], buckets[IN_AN_HOUR:]
    last = Bucket(
        begins=now - HOUR,
        ends=now,
        complete=sum(bucket.complete for bucket in hour),
        failed=sum(bucket.failed for bucket in hour),
    )
    return Throughput(hour=hour[::-1], day=[*before[::-1], last], limit=limit, since=since)
