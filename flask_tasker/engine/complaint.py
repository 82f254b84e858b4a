"""Saying once that something is wrong, and once that it is right again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Complaint:
    """Logs the first failure of a row, and its end: a database that is away for minutes makes two lines, no flood."""

    def __init__(self, what: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._since: float | None = None
        self._lock = threading.Lock()

    @property
    def standing(self) -> bool:
        """Whether it failed the last time."""
        return self._since is not None

    def failed(self, error: BaseException) -> None:
        """It failed: logged with its traceback if it worked the last time."""
        with self._lock:
            first = self._since is None
            self._since = self._clock() if self._since is None else self._since
        if first:
            logger.error("%s failed and will be tried again: %s", self._what, error, exc_info=error)

    def worked(self) -> None:
        """It worked: logged if it failed the last time."""
        if self._since is None:
            return
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            logger.info("%s works again, after %.0f s", self._what, self._clock() - since)
