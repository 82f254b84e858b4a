"""Which steps can run. Pure; the store asks the same of its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from .states import DONE_STEP, StepStatus

BYPASSED: Final = "bypassed by the request"
"""Why a step is skipped that nobody has skipped by hand."""


def initial_statuses(names: Collection[str], bypassed: Collection[str]) -> dict[str, StepStatus]:
    """The state in which each step of a new task begins."""
    return {name: StepStatus.SKIPPED if name in bypassed else StepStatus.PENDING for name in names}


def ready(statuses: Mapping[str, StepStatus], parents: Mapping[str, Collection[str]]) -> list[str]:
    """The pending steps all of whose parents are done, in the order of ``statuses``."""
    return [
        name
        for name, status in statuses.items()
        if status is StepStatus.PENDING and all(statuses[parent] in DONE_STEP for parent in parents[name])
    ]
