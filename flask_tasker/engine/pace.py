"""How long the steps of this process take: quick ones are worked on by the dozen, others one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ..lifecycle import StepMessage
from ..typing import HandlerKey

QUICK_SECONDS: Final = 0.002
WEIGHT_OF_THE_LATEST: Final = 0.125
MOSTLY: Final = 0.8


@dataclass
class Pace:
    """How often the attempts of each step were quick, the later ones counting more.

    Of steps that are mostly quick, one that took long now and then says more of the machine than of the step.

    Attributes:
        longest_wait: how many seconds an outcome may wait for those of the steps that were claimed with it.
        longest_chunk: after how many seconds what is left of a chunk is given back, for others to take.
    """

    longest_wait: float = 0.01
    longest_chunk: float = 0.1
    _quick: dict[tuple[HandlerKey, str], float] = field(default_factory=dict)

    def took(self, key: HandlerKey, name: str, seconds: float) -> None:
        """An attempt of the step took so long."""
        latest = 1.0 if seconds < QUICK_SECONDS else 0.0
        before = self._quick.get((key, name), latest)
        self._quick[key, name] = before + WEIGHT_OF_THE_LATEST * (latest - before)

    def is_quick(self, key: HandlerKey, names: Iterable[str]) -> bool:
        """Whether all of the steps are known to be mostly quick; one that was never seen is not."""
        return all(self._quick.get((key, name), 0.0) > MOSTLY for name in names)

    def expects_quick(self, message: StepMessage) -> bool:
        """The same of the steps that ``message`` names."""
        return self.is_quick(message.handler, {step.name for step in message.steps})
