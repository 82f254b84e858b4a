"""Notes that a handler leaves on its task."""

from __future__ import annotations

from dataclasses import dataclass

from ..typing import JsonObject


@dataclass(frozen=True)
class Annotation:
    """A searchable JSON note: one for each task, type and step, the latest wins.

    ``step`` names the step it belongs to; the step just recorded unless named.
    """

    type: str
    data: JsonObject
    step: str | None = None
