"""What a campaign came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The counts, and what was wrong.

    Attributes:
        asked: what was asked for.
        mischief: what the monkey did.
        outcome: what came of it.
        seconds_to_finish: how long the last task took to end, once the monkey had.
    """

    name: str
    seed: int
    seconds: float
    asked: Mapping[str, int]
    mischief: Mapping[str, int]
    outcome: Mapping[str, int]
    seconds_to_finish: float
    faults: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept, and the monkey has done enough to prove it."""
        return not self.faults


class CampaignLost(Exception):
    """A promise was not kept, or the monkey has not done enough."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{len(verdict.faults)} faults")
        self.verdict = verdict
