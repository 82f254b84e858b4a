"""How a task must end, told from its kind alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tests.torture.shapes import DEAF_ATTEMPTS, HANGING_ATTEMPTS, Nature, Shape, StepPlan

FUTILE: Final = {Nature.HANGING: HANGING_ATTEMPTS, Nature.DEAF: DEAF_ATTEMPTS}
"""How many attempts cannot succeed at first."""

FATAL: Final = (Nature.DOOMED, Nature.REFUSED, Nature.LETHAL)


@dataclass(frozen=True, kw_only=True)
class StepEnd:
    """How one step must end: its state, what it returned, and between how many attempts."""

    status: str
    value: int | None = None
    fewest: int = 0
    most: int = 0


def task_end(shape: Shape, bypassed: Collection[str] = ()) -> tuple[str, dict[str, StepEnd]]:
    """The state of the task, and the end of each of its steps."""
    steps: dict[str, StepEnd] = {}
    for name, plan in shape_in_order(shape):
        parents = [steps[parent] for parent in plan.after]
        steps[name] = StepEnd(status="skipped") if name in bypassed else _step_end(plan, parents)
    failed = any(step.status == "error" for step in steps.values())
    return ("error" if failed else "complete"), steps


def shape_in_order(shape: Shape) -> list[tuple[str, StepPlan]]:
    """The steps of a shape, parents before children."""
    placed: dict[str, StepPlan] = {}
    while len(placed) < len(shape):
        for name, plan in shape.items():
            if name not in placed and all(parent in placed for parent in plan.after):
                placed[name] = plan
    return list(placed.items())


def _step_end(plan: StepPlan, parents: list[StepEnd]) -> StepEnd:
    if any(parent.status not in ("complete", "skipped") for parent in parents):
        return StepEnd(status="pending")
    if plan.nature in FATAL:
        # What no attempt can mend ends with the first attempt that is not eaten by a kill, the others with the last.
        fewest = 1 if plan.nature is Nature.REFUSED else plan.limit
        return StepEnd(status="error", fewest=fewest, most=plan.limit)
    fewest = 1 + FUTILE.get(plan.nature, 0)
    value = 1 + sum(parent.value or 0 for parent in parents)
    return StepEnd(status="complete", value=value, fewest=fewest, most=plan.limit)
