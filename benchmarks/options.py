"""How a run is made."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = Path(__file__).parent / "results"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How often, how much, how long, and beside whom.

    Attributes:
        repetitions: drains of which the median counts.
        scale: a factor on the number of tasks.
        latencies: tasks run one at a time on an idle system.
        threads: of each worker process; ``None`` finds the best of a few.
        peers: the folder in which the other engines were set up.
        full: whether everything is measured, for hours, or the short list.
    """

    repetitions: int = 3
    scale: float = 1.0
    latencies: int = 50
    threads: int | None = None
    peers: Path | None = None
    full: bool = False


def lock_file() -> Path:
    """What is locked while something is timed, by the other engines' scripts too: one figure at a time."""
    return Path(os.environ.get("BENCH_LOCK", str(Path(tempfile.gettempdir()) / "bench.lock")))
