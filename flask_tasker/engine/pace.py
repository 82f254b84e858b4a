"""How long the steps of this process take: quick ones are worked on by the dozen, others one at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from ..handlers import HandlerFactory, StepTemplate
from ..lifecycle import StepMessage
from ..typing import HandlerKey

Alike = Callable[[HandlerKey, str], Hashable | None]
"""What does the work of a step; ``None`` where nothing is to be concluded from other steps."""

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

    def and_then(self, latest: _Seen) -> _Seen:
        """With one attempt more."""
        return _Seen(
            quick=self.quick + WEIGHT_OF_THE_LATEST * (latest.quick - self.quick),
            seconds=self.seconds + WEIGHT_OF_THE_LATEST * (latest.seconds - self.seconds),
        )


def alone(_key: HandlerKey, _name: str) -> None:
    """Each step is known by its own attempts only."""


def by_code(handlers: HandlerFactory) -> Alike:
    """Steps whose work the same function or class does are alike: of a wide fan, each is seen once or never.

    Not those that are never claimed by the dozen: that may be tried only once, or commit by themselves.
    """

    def alike(key: HandlerKey, name: str) -> int | None:
        definition = handlers.find(key)
        template = None if definition is None else definition.graph.templates.get(name)
        if template is None or template.transactional or not _may_be_tried_again(template):
            return None
        # Of whatever can be called: not all of it has a hash.
        return id(template.handler_class or template.call)

    return alike


def _may_be_tried_again(template: StepTemplate) -> bool:
    return template.default_retryable and template.default_retry_limit > 1


@dataclass
class Pace:
    """How often the attempts of each step were quick, the later ones counting more.

    Of steps that are mostly quick, one that took long now and then says more of the machine than of the step. A step
    that was never seen is taken to be as quick as those that are like it.

    Attributes:
        alike: which steps are like each other.
        longest_wait: how many seconds an outcome may wait for those of the steps that were claimed with it.
        longest_chunk: after how many seconds what is left of a chunk is given back, for others to take.
    """

    alike: Alike = alone
    longest_wait: float = 0.01
    longest_chunk: float = 0.1
    _seen: dict[Hashable, _Seen] = field(default_factory=dict)

    def took(self, key: HandlerKey, name: str, seconds: float) -> None:
        """An attempt of the step took so long."""
        latest = _Seen(quick=1.0 if seconds < QUICK_SECONDS else 0.0, seconds=min(seconds, 2 * QUICK_SECONDS))
        for what in ((key, name), self.alike(key, name)):
            if what is not None:
                self._seen[what] = self._seen.get(what, latest).and_then(latest)

    def is_quick(self, key: HandlerKey, names: Iterable[str]) -> bool:
        """Whether all of the steps are known to be mostly quick; one of which nothing is known is not."""
        return all((seen := self._of(key, name)) is not None and seen.quick > MOSTLY for name in names)

    def expects_quick(self, message: StepMessage) -> bool:
        """The same of the steps that ``message`` names."""
        return self.is_quick(message.handler, {step.name for step in message.steps})

    def heaviest(self, key: HandlerKey, names: Collection[str]) -> int:
        """For how many of the lightest steps each of these, which are known to be quick, may count."""
        return max([1, *(ceil(seen.seconds / LIGHT_SECONDS) for name in names if (seen := self._of(key, name)))])

    def weight(self, message: StepMessage) -> int:
        """How many of the lightest steps those of ``message`` count for; 0 where they are not known to be quick."""
        names = {step.name for step in message.steps}
        if not names or not self.is_quick(message.handler, names):
            return 0
        return len(message.steps) * self.heaviest(message.handler, names)

    def _of(self, key: HandlerKey, name: str) -> _Seen | None:
        return self._seen.get((key, name)) or self._seen.get(self.alike(key, name))
