"""Reading ``Retry-After`` as HTTP writes it (RFC 9110, section 10.2.3): seconds, or a date."""

from __future__ import annotations

import logging
import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

logger = logging.getLogger(__name__)

RetryAfter = float | timedelta | datetime | str | None


def retry_after_seconds(value: RetryAfter, now: datetime) -> float | None:
    """The wait that ``value`` asks for, in seconds, not negative; ``None`` where it asks for none, or is garbage.

    ``now`` is the moment against which a date is read. A date in the past, and a negative number, is no wait at all.
    """
    moment = _moment(value)
    if moment is not None:
        return max(0.0, (moment - now).total_seconds())
    seconds = _seconds(value)
    if seconds is not None and math.isfinite(seconds):
        return max(0.0, seconds)
    if value is not None:
        logger.warning("Retry-After %.100r is neither a number of seconds nor a date; the backoff decides", value)
    return None


def _seconds(value: RetryAfter) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds()
    try:
        return None if value is None or isinstance(value, datetime) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _moment(value: RetryAfter) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if not isinstance(value, str):
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
