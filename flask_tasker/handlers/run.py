"""What one attempt of a step gets to see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, overload

from typing_extensions import TypeVar

from ..errors import UndeclaredDependencyError
from .request import UNKNOWN
from .sequence import StepSequence
from .step import Result

C = TypeVar("C", default=Mapping[str, Any])
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """The task as a step sees it."""

    task_id: int
    name: str
    context: Mapping[str, Any]
    initiator: str = UNKNOWN
    source_system: str = UNKNOWN
    reason: str | None = UNKNOWN
    tags: tuple[str, ...] = ()
    correlation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepRun(Generic[C]):
    """One attempt of one step.

    Attributes:
        context: the task's context; a dataclass or what a marshmallow schema loads, where the handler says so.
        inputs: the step's own inputs; the task's context unless they were edited.
        attempt: which attempt this is, from 1.
        sequence: the task's steps as they stand, read when first looked at.
        session: in a transactional step, the session whose writes commit together with the step's result.
    """

    context: C
    inputs: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    task_id: int = 0
    step_id: int = 0
    name: str = ""
    task: TaskView | None = field(default=None, repr=False)
    sequence: StepSequence = field(default_factory=lambda: StepSequence(tuple), repr=False)
    parents: Collection[str] = field(default=(), repr=False)
    ancestors: Callable[[], Collection[str]] = field(default=frozenset, repr=False)
    session: Any = field(default=None, repr=False)
    asked_to_stop: Callable[[], bool] = field(default=lambda: False, repr=False)
    lease_lost: Callable[[], bool] = field(default=lambda: False, repr=False)
    load_result: Callable[[str], Any] = field(default=lambda name: None, repr=False)

    @property
    def cancelled(self) -> bool:
        """Whether someone has asked this step to stop: whatever it returns from then on is discarded."""
        return self.asked_to_stop()

    @property
    def lost(self) -> bool:
        """Whether this worker has lost the step's lease: another may run it, and this attempt's result is refused."""
        return self.lease_lost()

    @property
    def idempotency_key(self) -> str:
        """A text that is the same in every attempt of this step and of no other: hand it to systems that take one."""
        return f"tasker-{self.task_id}-{self.step_id}"

    @overload
    def result(self, parent: Result[R], /) -> R: ...
    @overload
    def result(self, parent: str, /) -> Any: ...
    def result(self, parent: Result[Any] | str, /) -> Any:
        """What ``parent`` returned; ``None`` if it was skipped or cancelled.

        ``parent`` is any ancestor: ``self.other_step``, or its name.

        Raises:
            UndeclaredDependencyError: it is no ancestor; the message names those that are.
        """
        name = parent if isinstance(parent, str) else parent.name
        if name not in self.parents and name not in self.ancestors():
            raise UndeclaredDependencyError(
                f"step {self.name!r} reads the result of {name!r}, which is not among the steps it depends on; "
                f"these are {sorted({*self.parents, *self.ancestors()})}. Add it to depends_on."
            )
        return self.load_result(name)
