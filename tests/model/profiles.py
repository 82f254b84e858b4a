"""How many histories, and how long."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

HEAVY: Final = os.environ.get("HYPOTHESIS_PROFILE") == "heavy"
HEAVY_FACTOR: Final = 50
STEPS: Final = 40


def histories(count: int, *, replayable: bool = True) -> settings:
    """``count`` histories, the same in each run; with ``HYPOTHESIS_PROFILE=heavy`` many more, drawn anew, with a seed
    printed that plays a failing one again.

    Threads make no history that plays again: one that is not ``replayable`` is told as it failed, not made smaller.
    """
    phases = [Phase.generate, Phase.shrink] if replayable else [Phase.generate]
    return settings(
        max_examples=count * HEAVY_FACTOR if HEAVY else count,
        stateful_step_count=STEPS,
        derandomize=not HEAVY,
        print_blob=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
