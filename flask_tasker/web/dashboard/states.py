"""How states are told apart: by a colour, which the stylesheet has, by a shape, and by their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...lifecycle import StepStatus

SHAPES: Final[Mapping[str, str]] = {
    StepStatus.PENDING: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
    StepStatus.IN_PROGRESS: "M4 2l10 6-10 6z",
    StepStatus.ERROR: "M5 1h6l4 4v6l-4 4H5l-4-4V5zm2 3v5h2V4zm0 6v2h2v-2z",
    StepStatus.COMPLETE: "M13.5 3L15 4.5l-8.500 8.500L1 7.500 2.500 6l4 4z",
    StepStatus.CANCELLED: "M2 6.500h12v3H2z",
    StepStatus.RESOLVED_MANUALLY: "M8 1l7 7-7 7-7-7z",
    StepStatus.SKIPPED: "M2 3l6 5-6 5zm6 0l6 5-6 5z",
}
"""The outline of each state's shape, in a box of 16 by 16; a task has the same states but for the last."""


def name_of(status: str) -> str:
    """A state as people read it."""
    return status.replace("_", " ")
