"""How long the steps of this process take: quick ones are worked on by the dozen, others one at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from ..lifecycle import StepMessage
from ..typing import HandlerKey

QUICK_SECONDS: Final = 0.002
LIGHT_SECONDS: Final = 0.0004
WEIGHT_OF_THE_LATEST: Final = 0.125
MOSTLY: Final = 0.8


@dataclass(frozen=True)
class _Seen:
    """How often attempts of a step were quick, and how long they took, none more than twice ``QUICK_SECONDS``.

    Both are averages in which the later attempts count more.
    """

    quick: float
    seconds: float


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
    _seen: dict[tuple[HandlerKey, str], _Seen] = field(default_factory=dict)

    def took(self, key: HandlerKey, name: str, seconds: float) -> None:
        """An attempt of the step took so long."""
        latest = _Seen(quick=1.0 if seconds < QUICK_SECONDS else 0.0, seconds=min(seconds, 2 * QUICK_SECONDS))
        before = self._seen.get((key, name), latest)
        self._seen[key, name] = _Seen(
            quick=before.quick + WEIGHT_OF_THE_LATEST * (latest.quick - before.quick),
            seconds=before.seconds + WEIGHT_OF_THE_LATEST * (latest.seconds - before.seconds),
        )

    def is_quick(self, key: HandlerKey, names: Iterable[str]) -> bool:
        """Whether all of the steps are known to be mostly quick; one that was never seen is not."""
        return all((seen := self._seen.get((key, name))) is not None and seen.quick > MOSTLY for name in names)

    def expects_quick(self, message: StepMessage) -> bool:
        """The same of the steps that ``message`` names."""
        return self.is_quick(message.handler, {step.name for step in message.steps})

    def heaviest(self, key: HandlerKey, names: Collection[str]) -> int:
        """For how many of the lightest steps each of these, which are known to be quick, may count."""
        return max(1, *(ceil(self._seen[key, name].seconds / LIGHT_SECONDS) for name in names))

    def weight(self, message: StepMessage) -> int:
        """How many of the lightest steps those of ``message`` count for; 0 where they are not known to be quick."""
        names = {step.name for step in message.steps}
        if not names or not self.is_quick(message.handler, names):
            return 0
        return len(message.steps) * self.heaviest(message.handler, names)
