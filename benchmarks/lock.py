"""One figure at a time on this machine."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.options import lock_file


@contextmanager
def alone() -> Iterator[None]:
    """Wait until nobody else measures, and keep others waiting meanwhile."""
    with lock_file().open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
