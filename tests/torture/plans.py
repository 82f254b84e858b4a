"""Which tasks are started, told from the seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from tests.torture.shapes import BYPASSED, SHAPES, SHARES

SHARE_WITH_AN_ORDER: Final = 0.5
SHARE_ABANDONED: Final = 0.04
SHARE_BYPASSED: Final = 0.15


@dataclass(frozen=True, kw_only=True)
class TaskPlan:
    """One task to start.

    Attributes:
        key: what tells it from every other; it is in the task's context.
        ordered: whether a row of the host's is written in the same transaction.
        abandoned: whether that transaction is rolled back, so that there must be neither.
    """

    key: str
    kind: str
    ordered: bool = False
    abandoned: bool = False
    bypassed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A form that can be posted."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TaskPlan:
        """Read what ``to_json`` wrote."""
        return cls(**{**data, "bypassed": tuple(data["bypassed"])})


def plans(seed: int, number: int) -> list[TaskPlan]:
    """So many tasks: one of each kind at first, then as common as ``SHARES`` has it."""
    chance = random.Random(f"tasks of {seed}")
    kinds = list(SHAPES)
    drawn = chance.choices(kinds, weights=[SHARES[kind] for kind in kinds], k=max(0, number - len(kinds)))
    return [_plan(chance, f"{seed}-{place}", kind) for place, kind in enumerate(kinds + drawn)]


def _plan(chance: random.Random, key: str, kind: str) -> TaskPlan:
    ordered, abandoned = chance.random() < SHARE_WITH_AN_ORDER, chance.random() < SHARE_ABANDONED
    bypasses = kind == "linear" and chance.random() < SHARE_BYPASSED
    return TaskPlan(
        key=key,
        kind=kind,
        ordered=ordered,
        abandoned=ordered and abandoned,
        bypassed=BYPASSED if bypasses else (),
    )
