"""What the engine tells whoever traces it: that tasks are written, and that an attempt runs.

Signals tell what has happened; a span is there while it happens, and what the handler does nests in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from ..lifecycle import Outcome
from ..store.claims import ClaimedStep, TaskFacts
from ..typing import HandlerKey

if TYPE_CHECKING:
    from .runtime import Runtime


@dataclass(frozen=True)
class Wish:
    """A task that is about to be written."""

    handler: HandlerKey
    correlation_id: str | None


class Creation(Protocol):
    """Tasks that are being written."""

    @property
    def contexts(self) -> Sequence[str | None]:
        """What each of them is to keep of the trace, in their order."""
        ...

    def wrote(self, task_ids: Sequence[int], /) -> None:
        """They are written, under these keys."""
        ...


class Unfollowed:
    """So many tasks that nobody follows."""

    def __init__(self, number: int) -> None:
        self.contexts: Sequence[str | None] = [None] * number

    def wrote(self, _task_ids: Sequence[int], /) -> None:
        """Forget it."""


class AttemptTrace(Protocol):
    """An attempt that runs."""

    def raised(self, error: BaseException, /) -> None:
        """This is what went wrong in it."""
        ...

    def came_to(self, outcome: Outcome, /) -> None:
        """This is what it came to."""
        ...


class Tracing(Protocol):
    """Follows tasks from who starts them to their attempts; fails nothing."""

    def creating(self, wishes: Sequence[Wish], /) -> AbstractContextManager[Creation]:
        """While tasks are being written."""
        ...

    def attempting(self, facts: TaskFacts, step: ClaimedStep, /) -> AbstractContextManager[AttemptTrace]:
        """While the handler runs, in its thread."""
        ...

    def ending(self, task_ids: Collection[int], /) -> None:
        """Many tasks are told to have ended next."""
        ...


class Untraced:
    """An attempt that nobody follows."""

    def raised(self, _error: BaseException, /) -> None:
        """Forget it."""

    def came_to(self, _outcome: Outcome, /) -> None:
        """Forget it."""


UNTRACED: Final = Untraced()


def traced_attempt(runtime: Runtime, facts: TaskFacts, step: ClaimedStep) -> AbstractContextManager[AttemptTrace]:
    """Follow an attempt, where anybody does."""
    return nullcontext(UNTRACED) if runtime.tracing is None else runtime.tracing.attempting(facts, step)
