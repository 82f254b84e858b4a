"""A clock that stands still until it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from flask_tasker.store.clock import FixedClock, Moment

START: Final = datetime(2024, 2, 28, 23, 0, tzinfo=UTC)


@dataclass
class MovableClock:
    """Stands still, so that a history plays again to the millisecond; everything that holds it sees it move."""

    moment: datetime = START

    def now(self) -> Moment:
        """The moment at which it stands."""
        return FixedClock(self.moment).now()

    def after(self, seconds: float) -> Moment:
        """So many seconds from that moment."""
        return FixedClock(self.moment).after(seconds)

    def reading(self) -> tuple[datetime | None, float]:
        """Where it stands still."""
        return self.moment, 0.0

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)
