"""Counting, from several threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping


class Tally:
    """How often what has happened."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._lock = threading.Lock()

    def add(self, what: str, number: int = 1) -> None:
        """It happened, so often."""
        with self._lock:
            self._counts[what] += number

    def __getitem__(self, what: str) -> int:
        return self._counts[what]

    def all(self) -> Mapping[str, int]:
        """Everything that was counted, in the order of its first time."""
        with self._lock:
            return dict(self._counts)
