"""A read-only view of a task's steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..errors import UnknownStepError
from ..lifecycle import DONE_STEP, StepStatus
from ..typing import JsonValue


@dataclass(frozen=True, kw_only=True)
class StepView:
    """One step as it stands."""

    name: str
    status: StepStatus
    attempts: int = 0
    results: JsonValue = None
    error: str | None = None
    step_id: int = 0
    parents: Collection[str] = ()


class StepSequence:
    """The steps of a task, in the order in which the handler declares them.

    They are read from the database when first looked at: a handler that never looks costs no query.
    """

    def __init__(self, load: Callable[[], Sequence[StepView]]) -> None:
        self._load = load

    @cached_property
    def _steps(self) -> Mapping[str, StepView]:
        return {step.name: step for step in self._load()}

    def __iter__(self) -> Iterator[StepView]:
        return iter(self._steps.values())

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, name: str) -> StepView:
        try:
            return self._steps[name]
        except KeyError:
            raise UnknownStepError(f"no step {name!r} in this task; it has {sorted(self._steps)}") from None

    def find_step_by_name(self, name: str) -> StepView | None:
        """The step called ``name``, or ``None``: the original engine's spelling."""
        return self._steps.get(name)

    def ready(self) -> list[StepView]:
        """Steps that wait and whose parents are all done."""
        return [
            step
            for step in self
            if step.status is StepStatus.PENDING and all(self[parent].status in DONE_STEP for parent in step.parents)
        ]

    def complete(self) -> list[StepView]:
        """Steps whose handler returned."""
        return [step for step in self if step.status is StepStatus.COMPLETE]

    def failed(self) -> list[StepView]:
        """Steps whose last attempt failed, whether or not another follows."""
        return [step for step in self if step.status is StepStatus.ERROR]
